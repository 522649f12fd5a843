using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Divides the kernel of the layer inside by its largest singular value at every training step.</summary>
public sealed class SpectralNormalization : Layer
{
    private const double Epsilon = 1e-7;

    private readonly Specs.SpectralNormalization _spec;
    private readonly Layer _inner;
    private readonly string _kernel;
    private bool _byModel;

    /// <summary>Builds the layer and the one inside.</summary>
    public SpectralNormalization(Specs.SpectralNormalization spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _kernel = $"{spec.InnerName}/{spec.Kernel(spec.Layer.Weights(context.InputShape)).Name}";
        _inner = Sublayer(spec.Layer, spec.InnerName, context.InputShapes);
    }

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        if (call.Training && !_byModel)
            Normalize();
        var (y, mask) = _inner.Apply(call.For([.. inputs]))[0];
        return [new KerasTensor(y.to(inputs[0].Value.dtype), mask)];
    }

    /// <summary>
    /// Leaves it to the model to normalize before its training steps: inside one, layers before this one have kept weights of the same buffer
    /// for their gradients, and none of it may be written to.
    /// </summary>
    internal void NormalizeByModel() => _byModel = true;

    /// <summary>Moves the estimate on and divides the kernel; a kernel of zeros stays.</summary>
    internal void Normalize()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var (kernel, estimate) = (Variable(_kernel).Value, Variable("vector_u").Value);
        var matrix = kernel.reshape(-1, kernel.size(-1)); // (rows, columns)
        var u = estimate; // (1, columns)
        var v = u;
        for (var step = 0; step < _spec.PowerIterations; step++)
        {
            v = Unit(torch.mm(u, matrix.t())); // (1, rows)
            u = Unit(torch.mm(v, matrix));
        }
        var sigma = torch.mm(torch.mm(v, matrix), u.t()).reshape([]);
        var isZero = kernel.eq(0).all();
        estimate.copy_(torch.where(isZero, estimate, u));
        kernel.copy_(torch.where(isZero, kernel, kernel / sigma));
        Variable(_kernel).Refresh();
    }

    private static torch.Tensor Unit(torch.Tensor x) => UnitNormalization.Normalize(x, [0, 1], Epsilon);
}
