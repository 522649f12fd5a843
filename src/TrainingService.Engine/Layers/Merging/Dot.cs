using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Product of two inputs, sample by sample, summed over one axis of each.</summary>
public sealed class Dot(Specs.Dot spec, LayerContext context) : Layer(spec, context)
{
    private const double Epsilon = 1e-7;

    private readonly (int First, int Second) _along = spec.Along(context.InputShapes[0], context.InputShapes[1]);

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var (x, y) = (inputs[0].Value, inputs[1].Value);
        if (spec.Normalize)
            (x, y) = (UnitNormalization.Normalize(x, [_along.First], Epsilon), UnitNormalization.Normalize(y, [_along.Second], Epsilon));
        x = x.movedim([_along.First], [-1]); // (batch, a…, n)
        y = y.movedim([_along.Second], [1]); // (batch, n, b…)
        var size = y.size(1);
        var product = torch.bmm(x.reshape(x.size(0), -1, size), y.reshape(y.size(0), size, -1)); // (batch, a…, b…) as two axes
        long[] shape = [x.size(0), .. x.shape[1..^1], .. y.shape[2..]];
        return [new KerasTensor(product.reshape(shape.Length == 1 ? [.. shape, 1] : shape))];
    }
}
