using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How categories come out.</summary>
public enum CategoryOutput
{
    /// <summary>Their numbers.</summary>
    Int,

    /// <summary>A row with a one at each number; a last axis of size 1 is replaced.</summary>
    OneHot,

    /// <summary>One row per sample with a one at each number that occurs.</summary>
    [AlsoNamed("binary")]
    MultiHot,

    /// <summary>One row per sample with how often each number occurs.</summary>
    Count,

    /// <summary>Counts weighted by how rare a token is among documents.</summary>
    [AlsoNamed("tf-idf")]
    TfIdf,
}

/// <summary>Shapes of encoded categories.</summary>
public static class CategoryOutputs
{
    /// <summary>Checks that a layer knows the mode.</summary>
    /// <exception cref="SpecException">It does not.</exception>
    internal static void Check(CategoryOutput mode, params ReadOnlySpan<CategoryOutput> allowed)
    {
        var words = EnumWords.Of(typeof(CategoryOutput));
        if (!allowed.Contains(mode))
            throw new SpecException($"expected one of {string.Join(", ", allowed.ToArray().Select(each => words.Word(each)))}. Received: {words.Word(mode)}.", "output_mode");
    }

    /// <summary>Shape of the encoding of categories of this shape.</summary>
    /// <param name="input">Shape of the categories.</param>
    /// <param name="mode">How they come out.</param>
    /// <param name="depth">How many categories there are.</param>
    public static Shape Shape(Shape input, CategoryOutput mode, long? depth) => mode switch
    {
        CategoryOutput.Int => input,
        CategoryOutput.OneHot => input.Rank > 1 && input[-1] == 1 ? input.WithLast(depth) : new Shape([.. input, depth]),
        // The first axis after the batch is what is counted over.
        _ => input.Rank > 1 ? new Shape([input[0], .. input.Skip(2), depth]) : new Shape(depth),
    };
}
