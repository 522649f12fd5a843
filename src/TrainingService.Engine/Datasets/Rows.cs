using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>A set of rows in memory, on the CPU.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …); class numbers are int64.</param>
/// <param name="SampleWeight">(rows), or (rows, …) with a weight per value: what each counts in the loss; null counts all the same.</param>
public sealed record Rows(Tensor Features, Tensor Labels, Tensor? SampleWeight = null) : IDisposable
{
    /// <summary>How many.</summary>
    public long Count => Features.shape[0];

    /// <inheritdoc />
    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
        SampleWeight?.Dispose();
    }
}

/// <summary>The rows of one step; whoever receives it disposes of it.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …).</param>
/// <param name="SampleWeight">(rows) or (rows, …); null counts all the same.</param>
public sealed record Batch(Tensor Features, Tensor Labels, Tensor? SampleWeight = null) : IDisposable
{
    /// <summary>How many rows; the last batch may be short.</summary>
    public long Rows => Labels.shape[0];

    /// <inheritdoc />
    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
        SampleWeight?.Dispose();
    }
}
