using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Numbers of texts in a vocabulary that is given or learned from data (<c>adapt</c>: by falling count, then falling text).</summary>
/// <param name="Vocabulary">In order; the special tokens may stand at its start. Null is learned. Default: null.</param>
/// <param name="MaskToken">Gets the number 0; null for none. Default: null.</param>
/// <param name="OovToken">What unknown numbers become when inverted. Default: [UNK].</param>
/// <param name="Sparse">Only false.</param>
/// <param name="Encoding">Only utf-8.</param>
public sealed record StringLookup(
    [MaxLength(10_000_000), EachLength(0, 1_000_000)] IReadOnlyList<string>? Vocabulary = null,
    [StringLength(100_000)] string? MaskToken = null,
    [NullAllowed, StringLength(100_000)] string? OovToken = "[UNK]",
    [DefaultOnly] bool Sparse = false,
    [DefaultOnly] string Encoding = "utf-8") : IndexLookupSpec, ITextLayer
{
    /// <inheritdoc />
    public bool TakesTextsOnly => true;

    /// <inheritdoc />
    public override IReadOnlyList<string>? Words => Vocabulary;

    /// <inheritdoc />
    public override string? MaskWord => MaskToken;

    /// <inheritdoc />
    public override string? OovWord => OovToken;
}

/// <summary>Numbers of whole numbers in a vocabulary that is given or learned from data (<c>adapt</c>: by falling count, then falling number).</summary>
/// <param name="Vocabulary">In order; the special tokens may stand at its start. Null is learned. Default: null.</param>
/// <param name="MaskToken">Gets the number 0; null for none. Default: null.</param>
/// <param name="OovToken">What unknown numbers become when inverted. Default: -1.</param>
/// <param name="VocabularyDtype">Only int64.</param>
/// <param name="Sparse">Only false.</param>
public sealed record IntegerLookup(
    [MaxLength(10_000_000)] IReadOnlyList<long>? Vocabulary = null,
    long? MaskToken = null,
    [NullAllowed] long? OovToken = -1,
    [DefaultOnly] string VocabularyDtype = "int64",
    [DefaultOnly] bool Sparse = false) : IndexLookupSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<string>? Words => Vocabulary is null ? null : [.. Vocabulary.Select(number => $"{number}")];

    /// <inheritdoc />
    public override string? MaskWord => MaskToken is { } mask ? $"{mask}" : null;

    /// <inheritdoc />
    public override string? OovWord => OovToken is { } oov ? $"{oov}" : null;

    /// <inheritdoc />
    public override void CheckFields()
    {
        base.CheckFields();
        if (Salt is not null && OovMethod != OovMethod.Farmhash)
            throw new SpecException("expected a salt only with the oov_method farmhash.", "salt");
    }
}
