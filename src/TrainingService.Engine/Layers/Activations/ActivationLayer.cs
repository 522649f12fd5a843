using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A layer that computes value by value and passes its input's mask on.</summary>
public abstract class ElementwiseLayer(LayerSpec spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override bool SupportsMasking => true;
}

/// <summary>An activation as a layer of its own.</summary>
public sealed class ActivationLayer(Specs.ActivationLayer spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    private readonly Func<torch.Tensor, torch.Tensor> _activation = ActivationTable.Find(spec.Activation);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => _activation(x);
}

/// <summary><c>x</c> above the threshold, at most the maximum; a slope below.</summary>
public sealed class ReLU(Specs.ReLU spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => ActivationFunctions.Relu(x, spec.NegativeSlope, spec.MaxValue, spec.Threshold);
}

/// <summary><c>x</c> above 0, a slope below.</summary>
public sealed class LeakyReLU(Specs.LeakyReLU spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => ActivationFunctions.LeakyRelu(x, spec.NegativeSlope);
}

/// <summary><c>x</c> above 0, <c>alpha · (exp(x) - 1)</c> below.</summary>
public sealed class ELU(Specs.ELU spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => ActivationFunctions.Elu(x, spec.Alpha);
}

/// <summary><c>x</c> above 0, learned slopes below.</summary>
public sealed class PReLU(Specs.PReLU spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x.relu() - Value("alpha") * (-x).relu();
}

/// <summary><c>exp(x) / Σ exp(x)</c> over one axis or several; what the mask leaves out gets 0.</summary>
public sealed class Softmax(Specs.Softmax spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    private const double LargeNegative = -1e9;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        // The mask is an argument of the call here, of the input's shape or broadcast to it.
        var mask = call.Mask is { } given ? given.dtype == torch.@bool ? given : given > 0.5 : null;
        if (mask is not null)
            x = torch.where(mask, x, torch.tensor(x.dtype == torch.float16 ? -3e4 : LargeNegative, x.dtype, x.device));
        var y = spec.Axis.Count == 1 ? ActivationFunctions.Softmax(x, spec.Axis[0]) : (x - LogSumExp(x)).exp();
        return mask is null ? y : y * mask;
    }

    private torch.Tensor LogSumExp(torch.Tensor x)
    {
        long[] axes = [.. spec.Axis.Select(axis => (long)axis)];
        var largest = x.amax(axes, keepdim: true).detach();
        return (x - largest).exp().sum(axes, keepdim: true).log() + largest;
    }
}
