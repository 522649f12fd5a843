using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Datasets;

/// <summary>What surrounds a pipeline.</summary>
public sealed class PipelineContext
{
    /// <summary>Rows that are looked at together where all are looked at.</summary>
    internal const int RowsPerPart = 4_096;

    /// <summary>What the training pipeline's layers have learned; null where this is the one they learn from.</summary>
    public IReadOnlyList<LearnedMap>? Learned { get; init; }

    /// <summary>Where caches keep their files; null refuses those with a file name.</summary>
    public string? ScratchDirectory { get; init; }

    /// <summary>Makes the order that the steps begin with; null takes all rows in their order.</summary>
    internal Func<RowOrder>? Order { get; init; }

    internal string PathOf(string file)
    {
        if (ScratchDirectory is null)
            throw new DatasetException($"cache: expected a run with a folder for the file {file}. Received: one without.");
        Directory.CreateDirectory(ScratchDirectory);
        return Path.Combine(ScratchDirectory, file);
    }
}

/// <summary>A layer that learned from the training rows.</summary>
/// <param name="Component">What it is applied to.</param>
/// <param name="Original">As it stands in the job.</param>
/// <param name="Layer">With what it has learned.</param>
public sealed record LearnedMap(string Component, LayerSpec Original, LayerSpec Layer)
{
    /// <summary>Whether a layer of another pipeline takes this one's state: it has its name, or, where there are no names, is the same on the same component.</summary>
    internal bool IsOf(string component, LayerSpec layer) =>
        layer.Name is { } name ? Original.Name == name && Original.GetType() == layer.GetType() : Component == component && Text(Original) == Text(layer);

    private static string Text(LayerSpec layer) => JsonSerializer.Serialize(layer, ContractsJson.Options);
}

/// <summary>A map as it is applied.</summary>
/// <param name="Component">What it is applied to.</param>
/// <param name="Function">What is computed; a layer with what it has learned.</param>
public sealed record AppliedMap(string Component, MapFunction Function);

/// <summary>What kinds of layers there are in maps.</summary>
internal static class Preparing
{
    /// <summary>Whether a layer cannot be one of several inside another: it takes texts, or learns.</summary>
    public static bool TakesTextsOrLearns(LayerSpec layer) =>
        layer is ITextLayer or Normalization { Adapts: true } or Discretization { Adapts: true } or IndexLookupSpec { Adapts: true };
}
