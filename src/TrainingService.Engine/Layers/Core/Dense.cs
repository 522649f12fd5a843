using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Fully connected layer: <c>y = activation(x·W + b)</c>; the kernel is <c>(in, units)</c>.</summary>
public sealed class Dense : Layer
{
    private readonly Func<torch.Tensor, torch.Tensor> _activation;

    /// <summary>Builds the layer.</summary>
    public Dense(Specs.Dense spec, LayerContext context)
        // (units, in) in memory, so that the transposed view is what libtorch's linear wants.
        : base(spec, context, weight => weight == "kernel" ? [1, 0] : null) => _activation = ActivationTable.Find(spec.Activation);

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        // Keras builds this layer with alpha equal to the rank.
        var kernel = LoraKernel.Of(Value("kernel"), ValueOrNull("lora_kernel_a"), ValueOrNull("lora_kernel_b"), alpha: null);
        return _activation(torch.nn.functional.linear(x, kernel.t(), ValueOrNull("bias"))); // (batch, …, units)
    }
}
