using TrainingService.Contracts.Activations;
using static TorchSharp.torch;

namespace TrainingService.Engine.Activations;

/// <summary>Every activation and what it computes.</summary>
public static class ActivationTable
{
    private static readonly Dictionary<Activation, Func<Tensor, Tensor>> Table = new()
    {
        [Activation.Linear] = x => x,
        [Activation.Relu] = x => x.relu(),
        [Activation.Relu6] = x => x.relu6(),
        [Activation.LeakyRelu] = x => ActivationFunctions.LeakyRelu(x),
        [Activation.Elu] = x => ActivationFunctions.Elu(x),
        [Activation.Celu] = x => ActivationFunctions.Celu(x),
        [Activation.Selu] = x => x.selu(),
        [Activation.Gelu] = x => ActivationFunctions.Gelu(x),
        [Activation.Glu] = x => ActivationFunctions.Glu(x),
        [Activation.Sigmoid] = x => x.sigmoid(),
        [Activation.HardSigmoid] = x => x.hardsigmoid(),
        [Activation.LogSigmoid] = x => x.log_sigmoid(),
        [Activation.SparseSigmoid] = ActivationFunctions.SparseSigmoid,
        [Activation.Tanh] = x => x.tanh(),
        [Activation.HardTanh] = x => x.clamp(-1, 1),
        [Activation.TanhShrink] = x => x - x.tanh(),
        [Activation.Softmax] = x => ActivationFunctions.Softmax(x),
        [Activation.LogSoftmax] = x => ActivationFunctions.LogSoftmax(x),
        [Activation.Sparsemax] = x => ActivationFunctions.Sparsemax(x),
        [Activation.Softplus] = x => x.softplus(),
        [Activation.Softsign] = x => x / (1 + x.abs()),
        [Activation.Silu] = x => x.silu(),
        [Activation.HardSilu] = x => x.hardswish(),
        [Activation.Mish] = x => nn.functional.mish(x),
        [Activation.Exponential] = x => x.exp(),
        [Activation.Squareplus] = x => ActivationFunctions.Squareplus(x),
        [Activation.HardShrink] = x => ActivationFunctions.HardShrink(x),
        [Activation.SoftShrink] = x => ActivationFunctions.SoftShrink(x),
        [Activation.SparsePlus] = ActivationFunctions.SparsePlus,
    };

    /// <summary>The activations that are covered.</summary>
    public static IReadOnlyCollection<Activation> Activations => Table.Keys;

    /// <summary>The function of an activation.</summary>
    public static Func<Tensor, Tensor> Find(Activation activation) =>
        Table.TryGetValue(activation, out var function) ? function : throw new NotSupportedException($"No function computes {activation}.");
}
