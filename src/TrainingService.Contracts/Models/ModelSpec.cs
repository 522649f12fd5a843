using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Models;

/// <summary>A model as Keras describes it.</summary>
public abstract record ModelSpec : KerasSpec
{
    /// <summary>Name of the model; null takes Keras's automatic name.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Whether any of its weights are trained. Default: true.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Name of the dtype policy, such as <c>float32</c>.</summary>
    [DtypePolicy]
    public string Dtype { get; init; } = "float32";
}

/// <summary>Layers one after the other.</summary>
/// <param name="Layers">In order, at most 10,000; the first may be an InputLayer.</param>
/// <param name="BuildInputShape">Shape of the input where there is no InputLayer; null takes the data set's.</param>
public sealed record Sequential(
    [MaxLength(10_000)] IReadOnlyList<LayerSpec> Layers,
    [MinLength(1)] Shapes.Shape? BuildInputShape = null) : ModelSpec;
