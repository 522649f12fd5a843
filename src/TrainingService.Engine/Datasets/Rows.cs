using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>A set of rows in memory, on the CPU.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …); class numbers are int64.</param>
public sealed record Rows(Tensor Features, Tensor Labels) : IDisposable
{
    /// <summary>How many.</summary>
    public long Count => Features.shape[0];

    /// <inheritdoc />
    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
    }
}

/// <summary>The rows of one step; whoever receives it disposes of it.</summary>
/// <param name="Features">(rows, …).</param>
/// <param name="Labels">(rows, …).</param>
public sealed record Batch(Tensor Features, Tensor Labels) : IDisposable
{
    /// <summary>How many rows; the last batch may be short.</summary>
    public long Rows => Labels.shape[0];

    /// <inheritdoc />
    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
    }
}
