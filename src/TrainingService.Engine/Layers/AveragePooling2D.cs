using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
public sealed class AveragePooling2D(Specs.AveragePooling2D spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _window = [spec.Window.Height, spec.Window.Width];
    private readonly long[] _step = [spec.Step.Height, spec.Step.Width];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        Images.Restore(Pool(Images.ChannelsFirst(x, spec.DataFormat)), spec.DataFormat);

    private torch.Tensor Pool(torch.Tensor images)
    {
        if (spec.Padding == Specs.Padding.Valid)
            return torch.nn.functional.avg_pool2d(images, _window, _step);
        var (padded, padding) = Images.PadSame(images, spec.Window, spec.Step, Size2D.Square(1), 0);
        if (ReferenceEquals(padded, images))
            return torch.nn.functional.avg_pool2d(images, _window, _step, padding, count_include_pad: false);
        // An uneven border: the share of real values in each window makes up for the zeros.
        var real = torch.ones([1, 1, images.shape[2], images.shape[3]], images.dtype, images.device);
        var (share, _) = Images.PadSame(real, spec.Window, spec.Step, Size2D.Square(1), 0);
        return torch.nn.functional.avg_pool2d(padded, _window, _step) / torch.nn.functional.avg_pool2d(share, _window, _step);
    }
}
