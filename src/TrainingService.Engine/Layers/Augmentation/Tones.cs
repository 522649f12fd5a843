using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Stretches each image over the range.</summary>
public sealed class AutoContrast(Specs.AutoContrast spec, LayerContext context) : ImageLayer(spec, context)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;
    // Keras's axes 1 and 2: rows and columns, or with channels first channels and rows.
    private readonly long[] _axes = spec.DataFormat == DataFormat.ChannelsLast ? [1, 2] : [1, 3];

    /// <inheritdoc />
    protected override bool AlwaysActs => true;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws) => new(original =>
    {
        var images = Colors.Rescale(original, _range, ValueRange.Bytes);
        var low = images.amin(_axes, keepdim: true);
        var scale = 255 / (images.amax(_axes, keepdim: true) - low);
        var stretched = Colors.Rescale((images * scale - low * scale).clamp(0, 255), ValueRange.Bytes, _range);
        // An image of one value has nothing to stretch.
        return where(stretched.isnan(), original, stretched);
    });
}

/// <summary>While training, spreads the values of each channel evenly over the range.</summary>
public sealed class Equalization(Specs.Equalization spec, LayerContext context) : ImageLayer(spec, context)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws) => new(images =>
    {
        var (bins, channels) = (spec.Bins, size.Channels);
        var scale = 255 / _range.Width;
        var values = (images * scale + -_range.First * scale).reshape(-1, channels); // in bytes, (values, channels)
        var channel = arange(channels, dtype: int64, device: images.device) * bins;
        var counted = (values * (bins - 1) / 255).to(int64).clamp(0, bins - 1);
        var counts = bincount((counted + channel).flatten(), minlength: channels * bins).view(channels, bins);
        var table = Table(counts); // (channels, bins)
        var places = (values / 255 * (bins - 1)).clamp(0, bins - 1).to(int64);
        var equalized = table.flatten().index_select(0, (places + channel).flatten()).view(values.shape).to(values.dtype);
        var several = counts.greater(0).sum(1).greater(1); // (channels)
        return (where(several, equalized, values) / scale + _range.First).reshape(images.shape);
    });

    /// <summary>The value that each bin becomes.</summary>
    private static Tensor Table(Tensor counts)
    {
        var sums = counts.cumsum(1);
        var total = sums.narrow(1, sums.shape[1] - 1, 1);
        var least = where(sums.greater(0), sums, total).amin([1L], keepdim: true);
        return ((sums - least).to(float64) * 255 / (total - least).clamp_min(1)).round().clamp(0, 255).to(float32);
    }
}

/// <summary>While training, adds and then inverts all values from a threshold on.</summary>
public sealed class Solarization(Specs.Solarization spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        // The lower ends are not multiplied, as Keras has it.
        var addition = draws.Uniform((spec.Additions.Lower, spec.Additions.Upper * 255), size.Batch, 1, 1, 1);
        var threshold = draws.Uniform((spec.Thresholds.Lower, spec.Thresholds.Upper * 255), size.Batch, 1, 1, 1);
        return new(images =>
        {
            var values = (Colors.Rescale(images, _range, ValueRange.Bytes) + addition).clamp(0, 255);
            return Colors.Rescale(where(values.less(threshold), values, 255 - values), ValueRange.Bytes, _range);
        });
    }
}

/// <summary>While training, keeps only the highest bits of each value.</summary>
public sealed class RandomPosterization(Specs.RandomPosterization spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var (lower, upper) = ((long)spec.Bits.Lower, (long)spec.Bits.Upper);
        var dropped = (8 - draws.Integers(lower, Math.Max(upper, lower + 1), size.Batch)).to(int32).view(-1, 1, 1, 1);
        return new(images =>
        {
            var bytes = Colors.Rescale(images, _range, ValueRange.Bytes).to(uint8).to(int32);
            return Colors.Rescale(bytes.bitwise_right_shift(dropped).bitwise_left_shift(dropped).to(images.dtype), ValueRange.Bytes, _range);
        });
    }
}

/// <summary>While training, blurs some images.</summary>
public sealed class RandomGaussianBlur(Specs.RandomGaussianBlur spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var chosen = draws.Chosen(spec.Chance, size.Batch).view(-1, 1, 1, 1);
        var sigma = draws.Uniform(spec.Sigmas, 2) + 1e-6;
        // The first number of the kernel's size is its width.
        return new(images => where(chosen, Blurring.Gaussian(images, spec.Kernel[0], spec.Kernel[1], sigma), images).clamp(_range.First, _range.Second));
    }
}

/// <summary>While training, fills a random rectangle of some images.</summary>
public sealed class RandomErasing(Specs.RandomErasing spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var sides = draws.Uniform(spec.Scales, size.Batch, 2).sqrt();
        var rectangle = Rectangles.Draw(size, sides.select(1, 0), sides.select(1, 1), draws).Mask;
        var erased = rectangle & draws.Chosen(spec.Chance, size.Batch).view(-1, 1, 1, 1);
        var fill = Fill(size, draws).clamp(_range.First, _range.Second);
        return new(images => where(erased, fill, images));
    }

    private Tensor Fill(ImageSize size, Draws draws) => spec.FillValue is { } given
        ? Arrays.Tensor(given, CPU).to(draws.Device)
        : draws.Normal(size.Batch, size.Height, size.Width, size.Channels) * _range.Second;
}

/// <summary>Random rectangles, one per image.</summary>
internal static class Rectangles
{
    /// <param name="size">Sizes of the images.</param>
    /// <param name="width">Part of the width, (batch).</param>
    /// <param name="height">Part of the height, (batch).</param>
    /// <param name="draws">Where they lie.</param>
    /// <returns>Which pixels are inside, (batch, height, width, 1), and the part of the area that they cover, (batch).</returns>
    public static (Tensor Mask, Tensor Area) Draw(ImageSize size, Tensor width, Tensor height, Draws draws)
    {
        var (inColumns, columns) = Bounds(width * size.Width, size.Width);
        var (inRows, rows) = Bounds(height * size.Height, size.Height);
        return (inRows.view(-1, size.Height, 1, 1) & inColumns.view(-1, 1, size.Width, 1), columns * rows / (size.Width * size.Height));

        (Tensor Inside, Tensor Length) Bounds(Tensor length, long total)
        {
            var start = (draws.Uniform((0, 1), size.Batch) * (total - length)).unsqueeze(1);
            var place = arange(total, dtype: float32, device: length.device).unsqueeze(0);
            return (place.greater_equal(start) & place.less(start + length.unsqueeze(1)), length);
        }
    }
}
