using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Operations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Memory;

/// <summary>
/// What a call of each kind of layer keeps for the backward pass, as multiples of what goes in and comes out. The numbers are those of
/// Engine's layers and libtorch's operations; a test holds the sums against the peaks of real trainers.
/// </summary>
internal static class LayerFootprints
{
    /// <summary>A maximum remembers where it was found, as an int64: two floats.</summary>
    private const int IndexFloats = 2;

    /// <param name="layer">The layer.</param>
    /// <param name="inputs">Shapes of the tensors of the first parameter.</param>
    /// <param name="call">The other arguments.</param>
    /// <param name="outputs">Shapes that come out.</param>
    public static Footprint Of(LayerSpec layer, IReadOnlyList<Shape> inputs, CallSpec call, IReadOnlyList<Shape> outputs)
    {
        switch (layer)
        {
            case InputLayer:
                return default;
            case Sequential or Functional:
                return ModelWalk.Inside((ModelSpec)layer, inputs, call.InputNames).Footprint;
            case TimeDistributed timed:
                var step = TimeDistributed.StepOf(inputs[0]);
                return Of(timed.Layer, [step], CallSpec.None, timed.Layer.OutputShapes([step], CallSpec.None)) * (inputs[0][1] ?? 1);
            case Bidirectional both:
                var merged = Bytes(layer, 2 * Footprint.Elements(outputs), 0);
                return Of(both.Forward, inputs, CallSpec.None, outputs) + Of(both.Backward, inputs, CallSpec.None, outputs) + merged;
            case LayerPipeline pipeline:
                return pipeline.Through(inputs).Aggregate(default(Footprint), (sum, inner) => sum + Of(inner.Layer, inner.Inputs, CallSpec.None, inner.Outputs));
            default:
                var (taken, given) = (Footprint.Elements(inputs), Footprint.Elements(outputs));
                return Bytes(layer, Kept(layer, inputs, call, taken, given), Passing(layer, inputs, call, taken, given));
        }
    }

    /// <summary>What a convolution does not keep when the maximum behind it takes its activation over.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="next">The one that alone takes its output.</param>
    /// <param name="outputs">Shapes between them.</param>
    public static Int128 Saved(LayerSpec layer, LayerSpec next, IReadOnlyList<Shape> outputs) =>
        layer is Conv { Activation: Activation.Relu, ActivityRegularizer: null } && next is MaxPooling ? Footprint.Elements(outputs) * BytesOf(layer) : 0;

    /// <summary>Bytes of one value in the dtype that a layer computes in.</summary>
    public static int BytesOf(LayerSpec layer) =>
        layer.Dtype.EndsWith("float16", StringComparison.Ordinal) ? 2 : layer.Dtype == "float64" ? 8 : sizeof(float);

    private static Footprint Bytes(LayerSpec layer, Int128 kept, Int128 passing) => new Footprint(kept, passing).Cut() * BytesOf(layer);

    private static Int128 Kept(LayerSpec layer, IReadOnlyList<Shape> inputs, CallSpec call, Int128 taken, Int128 given) => layer switch
    {
        Reshape or Flatten or Identity or ActivityRegularization => 0,
        Masking => given + taken / 4,
        Dense dense => given * (1 + Extra(dense.Activation)),
        EinsumDense dense => taken + given * (2 + Extra(dense.Activation)),
        EmbeddingLayer => given + 2 * taken,
        SeparableConv separable => taken * separable.DepthMultiplier + given * (2 + Extra(separable.Activation)) + Border(separable, taken),
        ConvTranspose conv => given * (2 + Extra(conv.Activation)),
        ConvolutionLayer conv => given * (1 + Extra(conv.Activation)) + Border(conv, taken),
        MaxPooling or AdaptiveMaxPooling => given * (1 + IndexFloats),
        BatchNormalization { Renorm: true } => 5 * given,
        BatchNormalization => given,
        LayerNormalization { RmsScaling: false } => given,
        LayerNormalization or RMSNormalization or UnitNormalization or GroupNormalization => 3 * given,
        RandomLayer random => random is AlphaDropout ? 6 * given : 3 * given,
        SpatialDropout => given,
        HeadsAttention heads => given + Attention(heads, inputs, call, heads.Dropout > 0 ? 4 : 2),
        PlainAttention => given + 4 * Steps(inputs, call) * Steps(inputs, call),
        RecurrentSpec recurrent => Recurrent(recurrent, inputs[0]) + given,
        ActivationLayer activation => Extra(activation.Activation) * given,
        Softmax or ReLU or LeakyReLU or ELU => given,
        Merge merge => merge is Concatenate ? given : given * Math.Max(1, inputs.Count - 1),
        ImageLayerSpec => 4 * given,
        Operation => given,
        _ => 2 * given,
    };

    /// <summary>Gradients of what goes in and comes out exist at the same time; some operations work in more.</summary>
    private static Int128 Passing(LayerSpec layer, IReadOnlyList<Shape> inputs, CallSpec call, Int128 taken, Int128 given) => taken + given + layer switch
    {
        // On its way back it takes a copy of its input with the axes in another order.
        BatchNormalization => given,
        HeadsAttention heads => Attention(heads, inputs, call, 2),
        RecurrentSpec recurrent => Recurrent(recurrent, inputs[0]) / 2,
        _ => 0,
    };

    /// <summary>Tensors of the output's size that an activation leaves besides its argument.</summary>
    private static int Extra(Activation activation) => activation switch
    {
        Activation.Linear => 0,
        Activation.Selu or Activation.HardSigmoid or Activation.TanhShrink or Activation.Softsign or Activation.Squareplus => 3,
        Activation.SparseSigmoid or Activation.HardSilu or Activation.SparsePlus => 4,
        Activation.Sparsemax => 10,
        _ => 1,
    };

    /// <summary>A border that may be uneven makes a padded copy of the input.</summary>
    private static Int128 Border(ConvolutionLayer conv, Int128 taken) =>
        conv.Padding == Padding.Causal || (conv.Padding == Padding.Same && conv.KernelSize.Zip(conv.Strides).Any(pair => pair.First % 2 == 0 || pair.Second > 1)) ? taken : 0;

    /// <summary>Queries, keys, values and the heads' outputs; where libtorch's own kernel does not do it, the scores so many times.</summary>
    private static Int128 Attention(HeadsAttention layer, IReadOnlyList<Shape> inputs, CallSpec call, int times)
    {
        var (heads, size) = layer switch
        {
            MultiHeadAttention multi => (multi.NumHeads, Math.Max(multi.KeyDim, multi.ValueSize)),
            GroupQueryAttention group => (group.NumQueryHeads, group.HeadDim),
            _ => (1, 1),
        };
        Int128 vectors = (Int128)heads * size;
        var (queries, keys) = (Steps(inputs[0]), call.Shape("value") is { } value ? Steps(value) : Steps(inputs[0]));
        var explicitly = layer.Dropout > 0 || call.Flag("return_attention_scores") || inputs[0].Rank > 3;
        var scores = explicitly ? Footprint.Elements(layer.ScoresOf(inputs, call)) * times : 0;
        return ((2 * queries) + (2 * keys)) * vectors + scores;
    }

    private static Int128 Steps(IReadOnlyList<Shape> inputs, CallSpec call) => Int128.Max(Steps(inputs[0]), call.Shape("value") is { } value ? Steps(value) : 0);

    private static Int128 Steps(Shape sequence) => Footprint.Elements(sequence.WithLast(1));

    /// <summary>Every step keeps its gates, states and outputs.</summary>
    private static Int128 Recurrent(RecurrentSpec layer, Shape sequence)
    {
        var step = RecurrentSpec.StepOf(sequence);
        return (sequence[1] ?? 1) * Cell(layer.StepCell, step);
    }

    private static Int128 Cell(CellSpec cell, Shape step) => cell switch
    {
        StackedRNNCells stack => stack.Steps(step).Aggregate(Int128.Zero, (sum, inner) => sum + Cell(inner.Cell, inner.Input)),
        UnitsCell units => (Int128)units.Units * (units.RecurrentDropout > 0 ? 6 * units.Gates + 8 : 2 * units.Gates + 4),
        _ => 14 * Footprint.Elements(cell.StateShapes(step)),
    };
}
