using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>One layer of a walk through a model, with the shapes of its first call.</summary>
/// <param name="Origin">The layer as it was given.</param>
/// <param name="Layer">The layer, named.</param>
/// <param name="Inputs">Shapes of the tensors of the first parameter, with the batch axis.</param>
/// <param name="Call">The other arguments.</param>
/// <param name="Outputs">Shapes that go out, with the batch axis.</param>
/// <param name="Weights">Its weights, in Keras's order.</param>
public sealed record ModelStep(
    LayerSpec Origin, LayerSpec Layer, IReadOnlyList<Shape> Inputs, CallSpec Call, IReadOnlyList<Shape> Outputs, IReadOnlyList<WeightSpec> Weights)
{
    // 2^80 is past every limit; sums of such stay far from the end of Int128.
    private static readonly Int128 Most = Int128.One << 80;

    /// <summary>Shape of the first output.</summary>
    public Shape Output => Outputs[0];

    /// <summary>Elements of all its weights.</summary>
    public Int128 Params { get; } = Count(Weights);

    /// <summary>Elements of those that are trained while the model is.</summary>
    public Int128 TrainableParams { get; } = Layer.Trainable ? Count(Weights.Where(weight => weight.Trainable)) : 0;

    /// <summary>Bytes per row that its calls take while training, those of layers inside it included.</summary>
    public Footprint Footprint { get; internal init; }

    private static Int128 Count(IEnumerable<WeightSpec> weights) =>
        weights.Aggregate(Int128.Zero, (sum, weight) => sum + Int128.Min(weight.Shape.Elements ?? 0, Most));
}

/// <summary>One call in the order in which a model makes them. Tensors lie in numbered places.</summary>
/// <param name="Step">Which layer: its place in <see cref="ModelWalk.Steps"/>.</param>
/// <param name="Form">How it is called.</param>
/// <param name="Tensors">Places of the call's tensors, in the form's order.</param>
/// <param name="Outputs">Places of its outputs.</param>
public sealed record ModelCall(int Step, CallForm Form, IReadOnlyList<int> Tensors, IReadOnlyList<int> Outputs);

/// <summary>A tensor that goes into a model or comes out of it.</summary>
/// <param name="Name">Name of its InputLayer, or of the layer that puts it out; for a dict, its key.</param>
/// <param name="Shape">With the batch axis.</param>
/// <param name="Dtype">Dtype of an input.</param>
public sealed record ModelTensor(string Name, Shape Shape, string Dtype = "float32");
