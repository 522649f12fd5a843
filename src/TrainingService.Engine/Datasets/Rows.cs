using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>A set of rows in memory, on the CPU.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …); class numbers are int64.</param>
/// <param name="SampleWeight">(rows), or (rows, …) with a weight per value: what each counts in the loss; null counts all the same.</param>
public sealed record Rows(Tensor Features, Tensor Labels, Tensor? SampleWeight = null) : IDisposable
{
    /// <summary>The inputs of a model of several, behind the first one. Default: none.</summary>
    public IReadOnlyList<Tensor> MoreFeatures { get; init; } = [];

    /// <summary>The labels of a model of several outputs, behind the first ones. Default: none.</summary>
    public IReadOnlyList<Tensor> MoreLabels { get; init; } = [];

    /// <summary>Weights of the rows for each of the further outputs. Default: none; the first ones are for all outputs.</summary>
    public IReadOnlyList<Tensor?> MoreSampleWeights { get; init; } = [];

    /// <summary>How many.</summary>
    public long Count => Features.shape[0];

    /// <inheritdoc />
    public void Dispose() => TensorSets.Dispose([Features, Labels, SampleWeight, .. MoreFeatures, .. MoreLabels, .. MoreSampleWeights]);
}

/// <summary>The rows of one step; whoever receives it disposes of it.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …).</param>
/// <param name="SampleWeight">(rows) or (rows, …); null counts all the same.</param>
public sealed record Batch(Tensor Features, Tensor Labels, Tensor? SampleWeight = null) : IDisposable
{
    /// <inheritdoc cref="Datasets.Rows.MoreFeatures" />
    public IReadOnlyList<Tensor> MoreFeatures { get; init; } = [];

    /// <inheritdoc cref="Datasets.Rows.MoreLabels" />
    public IReadOnlyList<Tensor> MoreLabels { get; init; } = [];

    /// <inheritdoc cref="Datasets.Rows.MoreSampleWeights" />
    public IReadOnlyList<Tensor?> MoreSampleWeights { get; init; } = [];

    /// <summary>How many rows; the last batch may be short.</summary>
    public long Rows => Features.shape[0];

    /// <inheritdoc />
    public void Dispose() => TensorSets.Dispose([Features, Labels, SampleWeight, .. MoreFeatures, .. MoreLabels, .. MoreSampleWeights]);
}

/// <summary>Tensors that are held together.</summary>
internal static class TensorSets
{
    public static void Dispose(ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
            tensor?.Dispose();
    }
}
