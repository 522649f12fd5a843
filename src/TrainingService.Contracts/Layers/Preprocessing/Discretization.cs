using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The number of the range that a value falls into, or its encoding.</summary>
/// <param name="BinBoundaries">Ascending ends of the ranges; a value on a boundary belongs to the range above it. Null is learned (<c>adapt</c>).</param>
/// <param name="NumBins">How many ranges to learn from data; with boundaries, how many they were learned for.</param>
/// <param name="Epsilon">Error of the learned quantiles, above 0. Default: 0.01.</param>
/// <param name="OutputMode">int, one_hot, multi_hot or count. Default: int.</param>
/// <param name="Sparse">Only false.</param>
public sealed record Discretization(
    [MaxLength(1_000_000)] IReadOnlyList<double>? BinBoundaries = null,
    [Range(1, 1_000_000)] int? NumBins = null,
    [Range(1e-6, 1.0)] double Epsilon = 0.01,
    CategoryOutput OutputMode = CategoryOutput.Int,
    [DefaultOnly] bool Sparse = false) : LayerSpec
{
    /// <summary>Whether the boundaries are learned from data.</summary>
    public bool Adapts => NumBins is not null;

    /// <inheritdoc />
    public override void CheckFields()
    {
        CategoryOutputs.Check(OutputMode, CategoryOutput.Int, CategoryOutput.OneHot, CategoryOutput.MultiHot, CategoryOutput.Count);
        if (BinBoundaries is null && NumBins is null)
            throw new SpecException("expected bin_boundaries or num_bins. Received: neither.", "bin_boundaries");
        if (BinBoundaries is { } bounds && bounds.Zip(bounds.Skip(1)).Any(pair => pair.First > pair.Second))
            throw new SpecException($"expected ascending numbers. Received: {string.Join(", ", bounds.Take(20))}.", "bin_boundaries");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => CategoryOutputs.Shape(input, OutputMode, BinBoundaries is { } known ? known.Count + 1 : NumBins);
}

/// <summary>Whole numbers as one-hot rows, sets or counts.</summary>
/// <param name="NumTokens">How many there are: they go from 0 to one less.</param>
/// <param name="OutputMode">one_hot, multi_hot or count. Default: multi_hot.</param>
/// <param name="Sparse">Only false.</param>
/// <remarks>Called with <c>count_weights</c> of the input's shape, the mode count adds these up.</remarks>
public sealed record CategoryEncoding(
    [Range(1, int.MaxValue)] int NumTokens,
    CategoryOutput OutputMode = CategoryOutput.MultiHot,
    [DefaultOnly] bool Sparse = false) : LayerSpec
{
    private static readonly string[] Parameters = ["inputs", "count_weights"];

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => Parameters;

    /// <inheritdoc />
    public override void CheckFields() => CategoryOutputs.Check(OutputMode, CategoryOutput.OneHot, CategoryOutput.MultiHot, CategoryOutput.Count);

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => CategoryOutputs.Shape(input, OutputMode, NumTokens);

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (!call.Has("count_weights"))
            return base.OutputShapes(inputs, call);
        if (OutputMode != CategoryOutput.Count)
            throw new SpecException("expected count_weights only with the output_mode count.", "output_mode");
        var weights = call.Shape("count_weights")!;
        return weights.IsCompatibleWith(inputs[0])
            ? base.OutputShapes(inputs, call)
            : throw new SpecException($"expected count_weights of the input's shape {inputs[0]}. Received: {weights}.");
    }
}
