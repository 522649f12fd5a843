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
        [Activation.Sigmoid] = x => x.sigmoid(),
        [Activation.Tanh] = x => x.tanh(),
        [Activation.Softmax] = x => x.softmax(-1),
        [Activation.Softplus] = x => x.softplus(),
        [Activation.Elu] = x => x.elu(1.0),
        [Activation.Gelu] = x => x.gelu(),
        [Activation.Silu] = x => x.silu(),
    };

    /// <summary>The activations that are covered.</summary>
    public static IReadOnlyCollection<Activation> Activations => Table.Keys;

    /// <summary>The function of an activation.</summary>
    public static Func<Tensor, Tensor> Find(Activation activation) =>
        Table.TryGetValue(activation, out var function) ? function : throw new NotSupportedException($"No function computes {activation}.");
}
