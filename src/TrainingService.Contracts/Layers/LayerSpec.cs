using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer: its data, its shape rule and its weights. The module that computes stands in Engine under the same name.</summary>
/// <remarks>A layer of one tensor overrides the methods of one shape; one of several tensors overrides those that take a list.</remarks>
[Ignores("batch_input_shape")]
public abstract record LayerSpec : KerasSpec
{
    private static readonly string[] InputsOnly = ["inputs"];

    /// <summary>Name within the model; null until the model gives it one, as Keras does (<c>conv2d_1</c>).</summary>
    [StringLength(200, MinimumLength = 1)]
    [RegularExpression(@"[^/\p{Cc}]+", ErrorMessage = "a name without slashes and control characters")]
    public string? Name { get; init; }

    /// <summary>Whether its weights are trained. A frozen layer also runs as in inference where that matters (BatchNormalization).</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Name of the dtype policy, such as <c>float32</c>.</summary>
    [DtypePolicy]
    public string Dtype { get; init; } = "float32";

    /// <summary>Penalty on the outputs, divided by the batch's size. Default: none.</summary>
    [OmittedWhenNull]
    public virtual RegularizerSpec? ActivityRegularizer { get; init; }

    /// <summary>Keras's names of the parameters of the layer's <c>call</c>, in order: a call's positional arguments get these names.</summary>
    public virtual IReadOnlyList<string> CallParameters => InputsOnly;

    /// <summary>Shape of the output for this input shape; both with the batch axis.</summary>
    /// <exception cref="SpecException">The layer cannot take such an input.</exception>
    public virtual Shape OutputShape(Shape input)
    {
        var outputs = OutputShapes([input], CallSpec.None);
        return outputs.Count == 1 ? outputs[0] : throw new SpecException($"expected a layer of one output. Received: {outputs.Count} outputs.");
    }

    /// <summary>Shapes of the outputs of a call.</summary>
    /// <param name="inputs">Shapes of the tensors of the first parameter.</param>
    /// <param name="call">The other arguments.</param>
    /// <exception cref="SpecException">The layer cannot take such a call.</exception>
    public virtual IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) =>
        inputs.Count == 1 ? [OutputShape(inputs[0])] : throw new SpecException($"expected one input. Received: {inputs.Count}.");

    /// <summary>Names of the outputs where they come as a dict: paths such as <c>bounding_boxes/labels</c>; null for a tensor or a list.</summary>
    public virtual IReadOnlyList<string>? OutputNames(CallSpec call) => null;

    /// <summary>The weights the layer has for this input shape, in Keras's order: trainable ones first, then those of inner layers.</summary>
    public virtual IReadOnlyList<WeightSpec> Weights(Shape input) => [];

    /// <summary>The weights the layer has when its first call is this one.</summary>
    public virtual IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) => inputs.Count == 0 ? [] : Weights(inputs[0]);

    /// <summary>The same layer with everything written out that null leaves to a default.</summary>
    public virtual LayerSpec WithDefaults() => this;

    /// <summary>The weights of an inner layer as this one's: their names begin with the inner layer's, and a frozen layer's are not trained.</summary>
    /// <param name="layer">The inner layer.</param>
    /// <param name="name">Its name in the paths of the weights.</param>
    /// <param name="weights">Its weights.</param>
    protected static IEnumerable<WeightSpec> Within(LayerSpec layer, string name, IEnumerable<WeightSpec> weights) =>
        weights.Select(weight => weight with { Name = $"{name}/{weight.Name}", Trainable = weight.Trainable && layer.Trainable });
}
