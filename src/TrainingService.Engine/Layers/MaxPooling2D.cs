using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The largest value of each window; padding never wins.</summary>
public sealed class MaxPooling2D(Specs.MaxPooling2D spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _window = [spec.Window.Height, spec.Window.Width];
    private readonly long[] _step = [spec.Step.Height, spec.Step.Width];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var images = Images.ChannelsFirst(x, spec.DataFormat);
        var (padded, padding) = spec.Padding == Specs.Padding.Same
            ? Images.PadSame(images, spec.Window, spec.Step, Size2D.Square(1), double.NegativeInfinity)
            : (images, [0, 0]);
        return Images.Restore(torch.nn.functional.max_pool2d(padded, _window, _step, padding), spec.DataFormat);
    }
}
