using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer: its data, its shape rule and its weights. The module that computes stands in Engine under the same name.</summary>
[Ignores("batch_input_shape")]
public abstract record LayerSpec : KerasSpec
{
    /// <summary>Name within the model; null until the model gives it one, as Keras does (<c>conv2d_1</c>).</summary>
    [StringLength(200, MinimumLength = 1)]
    [RegularExpression(@"[^/\p{Cc}]+", ErrorMessage = "a name without slashes and control characters")]
    public string? Name { get; init; }

    /// <summary>Whether its weights are trained. A frozen layer also runs as in inference where that matters (BatchNormalization).</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Name of the dtype policy, such as <c>float32</c>.</summary>
    [DtypePolicy]
    public string Dtype { get; init; } = "float32";

    /// <summary>Shape of the output for this input shape; both with the batch axis.</summary>
    /// <exception cref="SpecException">The layer cannot take such an input.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>The weights the layer has for this input shape, in Keras's order: trainable ones first.</summary>
    public virtual IReadOnlyList<WeightSpec> Weights(Shape input) => [];

    /// <summary>The same layer with everything written out that null leaves to a default.</summary>
    public virtual LayerSpec WithDefaults() => this;
}

/// <summary>One weight of a layer.</summary>
/// <param name="Name">Keras's name of the variable: <c>kernel</c>, <c>bias</c>, <c>moving_mean</c>.</param>
/// <param name="Shape">Keras's layout, without a batch axis.</param>
/// <param name="Initializer">First values.</param>
/// <param name="Trainable">False for statistics that the layer itself moves.</param>
public sealed record WeightSpec(string Name, Shape Shape, InitializerSpec Initializer, bool Trainable = true);
