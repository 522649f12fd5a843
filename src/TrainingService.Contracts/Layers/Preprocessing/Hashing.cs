using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A number from 0 to <c>num_bins - 1</c> for each text or whole number: its FarmHash64, or with a salt its SipHash64, modulo the bins.</summary>
/// <param name="NumBins">How many numbers there are.</param>
/// <param name="MaskValue">The text or number that gets 0, which then is for nothing else. Default: none.</param>
/// <param name="Salt">Key of the hash: two whole numbers, or one for both. Default: none.</param>
/// <param name="OutputMode">int, one_hot, multi_hot or count. Default: int.</param>
/// <param name="Sparse">Only false.</param>
public sealed record Hashing(
    [Range(1, int.MaxValue)] int NumBins,
    Token? MaskValue = null,
    Integers? Salt = null,
    CategoryOutput OutputMode = CategoryOutput.Int,
    [DefaultOnly] bool Sparse = false) : LayerSpec, ITextLayer
{
    /// <inheritdoc />
    public bool TakesTextsOnly => false;

    /// <inheritdoc />
    public override void CheckFields()
    {
        CategoryOutputs.Check(OutputMode, CategoryOutput.Int, CategoryOutput.OneHot, CategoryOutput.MultiHot, CategoryOutput.Count);
        if (Salt is { Values.Count: > 2 } or { Values.Count: 1, IsList: true })
            throw new SpecException($"expected a whole number or a list of two. Received: {Salt}.", "salt");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => CategoryOutputs.Shape(input, OutputMode, NumBins);
}

/// <summary>A number from 0 to <c>num_bins - 1</c> for each combination of the values of several columns.</summary>
/// <param name="NumBins">How many numbers there are.</param>
/// <param name="OutputMode">int or one_hot. Default: int.</param>
/// <param name="Sparse">Only false.</param>
/// <remarks>Inputs: a list of two or more columns of texts or whole numbers, each of shape <c>(batch)</c> or <c>(batch, 1)</c>.</remarks>
public sealed record HashedCrossing(
    [Range(1, int.MaxValue)] int NumBins,
    CategoryOutput OutputMode = CategoryOutput.Int,
    [DefaultOnly] bool Sparse = false) : LayerSpec, ITextLayer
{
    /// <inheritdoc />
    public bool TakesTextsOnly => false;

    /// <inheritdoc />
    public override void CheckFields() => CategoryOutputs.Check(OutputMode, CategoryOutput.Int, CategoryOutput.OneHot);

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count < 2)
            throw new SpecException($"expected a list of at least two columns. Received: {inputs.Count}.");
        if (inputs.FirstOrDefault(input => input.Rank > 2 || (input.Rank == 2 && input[1] != 1) || !input.IsCompatibleWith(inputs[0])) is { } wrong)
            throw new SpecException($"expected columns of one shape, (batch) or (batch, 1). Received: {wrong}.");
        return [CategoryOutputs.Shape(inputs[0], OutputMode, NumBins)];
    }
}

/// <summary>A layer that takes texts, which no tensor can hold: it runs where data is prepared, or right behind an input of texts.</summary>
public interface ITextLayer
{
    /// <summary>Whether it cannot take numbers.</summary>
    bool TakesTextsOnly { get; }
}
