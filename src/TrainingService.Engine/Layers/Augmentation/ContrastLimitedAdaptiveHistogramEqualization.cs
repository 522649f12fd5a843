using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Equalizes each tile with a clipped histogram and blends between the tiles.</summary>
public sealed class ContrastLimitedAdaptiveHistogramEqualization(Specs.ContrastLimitedAdaptiveHistogramEqualization spec, LayerContext context)
    : ImageLayer(spec, context)
{
    private const int Levels = 256;
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected override bool AlwaysActs => true;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws) =>
        new(images => Colors.Rescale(Equalize(Colors.Rescale(images, _range, ValueRange.Bytes), size), ValueRange.Bytes, _range));

    private Tensor Equalize(Tensor images, ImageSize size)
    {
        var (down, across) = (spec.Tiles[0], spec.Tiles[1]);
        var (height, width) = ((size.Height + down - 1) / down, (size.Width + across - 1) / across); // of a tile
        var filled = images.index_select(1, Mirrored(size.Height, height * down)).index_select(2, Mirrored(size.Width, width * across));
        var levels = filled.clamp(0, 255).to(int64);
        var tiles = levels.reshape(size.Batch, down, height, across, width, size.Channels)
            .permute(0, 1, 3, 5, 2, 4).reshape(size.Batch, down, across, size.Channels, -1);
        var curves = Curves(tiles, height * width); // (batch, down, across, channels, levels)
        var (top, bottom, weightDown) = Neighbours(height, down);
        var (left, right, weightAcross) = Neighbours(width, across);
        var upper = Look(top, left).lerp(Look(top, right), weightAcross.view(1, 1, -1, 1));
        var lower = Look(bottom, left).lerp(Look(bottom, right), weightAcross.view(1, 1, -1, 1));
        return upper.lerp(lower, weightDown.view(1, -1, 1, 1)).narrow(1, 0, size.Height).narrow(2, 0, size.Width).to(images.dtype);

        // Each pixel's value on the curve of one tile beside it.
        Tensor Look(Tensor row, Tensor column)
        {
            var tile = (row * across).view(1, -1, 1, 1) + column.view(1, 1, -1, 1);
            var image = arange(size.Batch, dtype: int64, device: images.device).view(-1, 1, 1, 1) * (down * across);
            var curve = (image + tile) * size.Channels + arange(size.Channels, dtype: int64, device: images.device);
            return curves.flatten().index_select(0, (curve * Levels + levels).flatten()).view(levels.shape);
        }

        // The tiles before and behind each pixel along one axis; beyond the first and last there is none other.
        (Tensor Before, Tensor Behind, Tensor Weight) Neighbours(long tile, int count)
        {
            var place = (arange(tile * count, dtype: float32, device: images.device) - tile / 2.0) / tile;
            var before = place.floor();
            return (before.clamp(0, count - 1).to(int64), (before + 1).clamp(0, count - 1).to(int64), place - before);
        }

        Tensor Mirrored(long from, long to) =>
            tensor(Enumerable.Range(0, (int)to).Select(index => index < from ? index : 2 * from - 1 - index).ToArray(), device: images.device);
    }

    /// <summary>What each level becomes in each tile.</summary>
    private Tensor Curves(Tensor tiles, long pixels)
    {
        var counts = zeros([.. tiles.shape[..^1], Levels], device: tiles.device).scatter_add_(-1, tiles, ones_like(tiles, dtype: float32));
        if (spec.ClipLimit > 0)
        {
            var clipped = counts.clamp_max(spec.ClipLimit * pixels / Levels);
            counts = clipped + (counts - clipped).sum(-1, keepdim: true) / Levels;
        }
        var sums = counts.cumsum(-1);
        var least = sums.amin([-1L], keepdim: true);
        var rest = pixels - least;
        return ((sums - least) * 255 / where(rest.eq(0), ones_like(rest), rest)).clamp(0, 255);
    }
}
