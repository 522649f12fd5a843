using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// libtorch's loops over a whole sequence, which run without leaving native code. TorchSharp offers them as modules that own their weights;
/// as TorchScript they take ours. All of them take (batch, time, features) and weights (gates · units, features), biases last or left out.
/// </summary>
internal static class NativeRecurrence
{
    private const string Script = """
        def lstm(x, states: List[Tensor], weights: List[Tensor], training: bool):
            return torch.lstm(x, states, weights, len(weights) == 4, 1, 0.0, training, False, True)
        def gru(x, state: Tensor, weights: List[Tensor], training: bool):
            return torch.gru(x, state, weights, len(weights) == 4, 1, 0.0, training, False, True)
        def rnn_tanh(x, state: Tensor, weights: List[Tensor], training: bool):
            return torch.rnn_tanh(x, state, weights, len(weights) == 4, 1, 0.0, training, False, True)
        def rnn_relu(x, state: Tensor, weights: List[Tensor], training: bool):
            return torch.rnn_relu(x, state, weights, len(weights) == 4, 1, 0.0, training, False, True)

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script));

    /// <summary>Long short-term memory; gates i, f, c, o.</summary>
    public static (Tensor Outputs, IReadOnlyList<Tensor> States) Lstm(Tensor x, IReadOnlyList<Tensor> states, Tensor[] weights, bool training)
    {
        var (outputs, h, c) = Compiled.Value.invoke<(Tensor, Tensor, Tensor)>("lstm", x, new[] { states[0].unsqueeze(0), states[1].unsqueeze(0) }, weights, training);
        return (outputs, [h.squeeze(0), c.squeeze(0)]);
    }

    /// <summary>Gated recurrent unit; gates r, z, n.</summary>
    public static (Tensor Outputs, IReadOnlyList<Tensor> States) Gru(Tensor x, Tensor state, Tensor[] weights, bool training) => OneState("gru", x, state, weights, training);

    /// <summary>Fully connected recurrence.</summary>
    public static (Tensor Outputs, IReadOnlyList<Tensor> States) Simple(bool relu, Tensor x, Tensor state, Tensor[] weights, bool training) =>
        OneState(relu ? "rnn_relu" : "rnn_tanh", x, state, weights, training);

    private static (Tensor Outputs, IReadOnlyList<Tensor> States) OneState(string function, Tensor x, Tensor state, Tensor[] weights, bool training)
    {
        var (outputs, h) = Compiled.Value.invoke<(Tensor, Tensor)>(function, x, state.unsqueeze(0), weights, training);
        return (outputs, [h.squeeze(0)]);
    }
}
