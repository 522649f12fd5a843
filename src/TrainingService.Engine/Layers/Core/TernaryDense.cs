using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Fully connected layer whose kernel counts as -1, 0 or 1; gradients pass as if it counted as it is.</summary>
public sealed class TernaryDense(Specs.TernaryDense spec, LayerContext context) : Layer(spec, context, weight => weight == "kernel" ? [1, 0] : null)
{
    private readonly Func<torch.Tensor, torch.Tensor> _activation = ActivationTable.Find(spec.Activation);

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var kernel = Value("kernel");
        var magnitude = kernel.abs();
        var mean = spec.Threshold is null ? magnitude.mean() : null;
        var above = spec.Threshold is { } threshold ? magnitude > threshold : magnitude > mean!.detach() * 0.5;
        var ternary = kernel + (kernel.sign() * above - kernel).detach();
        var y = torch.nn.functional.linear(x, ternary.t());
        if (mean is not null)
            y = y * mean;
        return _activation(ValueOrNull("bias") is { } bias ? y + bias : y); // (batch, …, units)
    }
}
