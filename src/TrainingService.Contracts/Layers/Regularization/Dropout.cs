using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>While training, sets a share of the values to zero and scales the rest by <c>1 / (1 - rate)</c>; otherwise the identity.</summary>
/// <param name="Rate">Share to drop, 0 to 1.</param>
/// <param name="NoiseShape">Only null.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record Dropout(
    [Range(0.0, 1.0)] double Rate,
    [DefaultOnly] object? NoiseShape = null,
    long? Seed = null) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
