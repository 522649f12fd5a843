using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Any product of the input with a kernel that Einstein's notation can say.</summary>
public sealed class EinsumDense : Layer
{
    private readonly Specs.EinsumDense _spec;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly int _summed;

    /// <summary>Builds the layer.</summary>
    public EinsumDense(Specs.EinsumDense spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        _summed = EinsumEquation.Parse(spec.Equation).SummedLast;
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var kernel = LoraKernel.Of(Value("kernel"), ValueOrNull("lora_kernel_a"), ValueOrNull("lora_kernel_b"), _spec.LoraAlpha);
        var bias = ValueOrNull("bias");
        return _activation(_summed > 0 ? Product(x, kernel, bias) : Sum(torch.einsum(_spec.Equation, x, kernel), bias));
    }

    /// <summary>The input's last axes are summed with the kernel's first: one matrix product, (rows, in)·(in, out).</summary>
    private torch.Tensor Product(torch.Tensor x, torch.Tensor kernel, torch.Tensor? bias)
    {
        var inputs = kernel.shape.Take(_summed).Aggregate(1L, (product, size) => product * size);
        var matrix = kernel.reshape(inputs, -1);
        var rows = x.reshape(-1, inputs);
        // A bias over all of the kernel's output axes can be added on the way.
        var whole = bias is not null && bias.numel() == matrix.size(1);
        var y = torch.nn.functional.linear(rows, matrix.t(), whole ? bias!.reshape(-1) : null);
        y = y.reshape([.. x.shape[..^_summed], .. kernel.shape[_summed..]]);
        return whole ? y : Sum(y, bias);
    }

    private static torch.Tensor Sum(torch.Tensor y, torch.Tensor? bias) => bias is null ? y : y + bias;
}
