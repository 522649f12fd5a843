namespace TrainingService.Contracts.Jobs;

/// <summary>What a row of figures stands for.</summary>
public enum MetricsPer
{
    /// <summary>A finished epoch.</summary>
    Epoch,

    /// <summary>A batch, where the job asked for figures every so many batches.</summary>
    Step,
}

/// <summary>The figures of a job's epochs or steps, thinned when there are more than was asked for.</summary>
/// <param name="JobId">Which job.</param>
/// <param name="Epochs">One entry per finished epoch of the visible run, in order; empty per step.</param>
/// <param name="Evaluation">The final evaluation's figures, or null.</param>
/// <param name="Steps">One entry per step of the visible run, in order; null per epoch.</param>
/// <param name="Total">
/// Entries of the visible run. Where it is more than were asked for, each figure is thinned by itself: of every stretch stay its first, smallest, largest
/// and last value and the first that is not finite, and an entry carries only the figures that stay.
/// </param>
public sealed record MetricsResponse(
    Guid JobId, IReadOnlyList<EpochMetrics> Epochs, IReadOnlyDictionary<string, double?>? Evaluation,
    IReadOnlyList<StepMetrics>? Steps = null, long Total = 0);

/// <summary>The figures of one epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Attempt">The attempt that ran it.</param>
/// <param name="Logs">Figures by name; a figure that is not finite is null.</param>
/// <param name="NonFinite">Names of figures that are not finite, with <c>nan</c>, <c>inf</c> or <c>-inf</c>; null when there are none.</param>
/// <param name="DurationSeconds">How long the epoch took, validation included.</param>
public sealed record EpochMetrics(
    int Epoch, int Attempt, IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite, double DurationSeconds);

/// <summary>The figures of one batch.</summary>
/// <param name="Epoch">The epoch that it belongs to, from 1.</param>
/// <param name="Step">Number of the batch within its epoch, from 1.</param>
/// <param name="GlobalStep">Number of the batch within the job, from 1.</param>
/// <param name="Attempt">The attempt that ran it.</param>
/// <param name="Logs">Figures by name; a figure that is not finite is null.</param>
/// <param name="NonFinite">As in <see cref="EpochMetrics"/>.</param>
public sealed record StepMetrics(
    int Epoch, long Step, long GlobalStep, int Attempt, IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite);
