using System.Text.Json;

namespace TrainingService.Contracts.Events;

/// <summary>Something that happened to a job, numbered without gaps from 1.</summary>
/// <param name="Seq">Number within the job; null for <see cref="EventTypes.Progress"/>, which is never stored and may be dropped.</param>
/// <param name="JobId">Which job.</param>
/// <param name="Attempt">The attempt it belongs to; 0 before the first.</param>
/// <param name="Type">One of <see cref="EventTypes"/>; clients must bear unknown ones.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Data">What happened; its shape follows from the type.</param>
public sealed record JobEvent(long? Seq, Guid JobId, int Attempt, string Type, DateTimeOffset CreatedAt, JsonElement Data);

/// <summary>The types of events, and the record that each one's data is.</summary>
public static class EventTypes
{
    /// <summary><see cref="StatusEvent"/>: the job was queued, taken, handed back, or its phase changed.</summary>
    public const string Status = "status";

    /// <summary><see cref="ModelEvent"/>: the model is built.</summary>
    public const string Model = "model";

    /// <summary><see cref="EpochBeginEvent"/>.</summary>
    public const string EpochBegin = "epoch_begin";

    /// <summary><see cref="ProgressEvent"/>: inside an epoch, at most a few times a second; without a seq.</summary>
    public const string Progress = "progress";

    /// <summary><see cref="EpochEndEvent"/>.</summary>
    public const string EpochEnd = "epoch_end";

    /// <summary><see cref="StepEvent"/>: the figures of one batch, where the job asks for them.</summary>
    public const string Step = "step";

    /// <summary><see cref="CheckpointEvent"/>: the training's whole state is stored.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary><see cref="ResumedEvent"/>: the run goes on from a checkpoint; what came after it happens again.</summary>
    public const string Resumed = "resumed";

    /// <summary><see cref="EvaluationEvent"/>: the final evaluation.</summary>
    public const string Evaluation = "evaluation";

    /// <summary><see cref="LogEvent"/>: a line for people.</summary>
    public const string Log = "log";

    /// <summary><see cref="ArtifactEvent"/>: a file is stored and can be downloaded.</summary>
    public const string Artifact = "artifact";

    /// <summary><see cref="TerminalEvent"/>: the job has ended; the last event, exactly once.</summary>
    public const string Terminal = "terminal";
}

/// <summary>The job was queued, taken, handed back, or its phase changed.</summary>
/// <param name="Status">Status after the change, snake case.</param>
/// <param name="Phase">Phase after the change, or null.</param>
/// <param name="Reason">Why, in a few words for people.</param>
/// <param name="Requested"><c>pause</c> or <c>cancel</c> when somebody asked for it, else null.</param>
public sealed record StatusEvent(string Status, string? Phase, string? Reason, string? Requested = null);

/// <summary>The model is built.</summary>
/// <param name="TotalParams">All weights' elements.</param>
/// <param name="TrainableParams">Those that are trained.</param>
/// <param name="Device">Where it computes: <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="TrainRows">Rows per epoch.</param>
/// <param name="ValidationRows">Rows per validation; 0 without.</param>
/// <param name="BatchSize">Rows per batch.</param>
/// <param name="StepsPerEpoch">Batches per epoch.</param>
public sealed record ModelEvent(
    long TotalParams, long TrainableParams, string Device, int Threads, long TrainRows, long ValidationRows, int BatchSize, long StepsPerEpoch);

/// <summary>An epoch begins.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">How many are asked for.</param>
public sealed record EpochBeginEvent(int Epoch, int Epochs);

/// <summary>Inside an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">How many are asked for.</param>
/// <param name="Step">Batches done in this epoch.</param>
/// <param name="Steps">Batches of an epoch.</param>
/// <param name="Logs">Running means since the epoch began.</param>
/// <param name="SamplesPerSecond">Rows a second since the epoch began.</param>
/// <param name="EtaSeconds">Seconds to the end of the last epoch, if none stops earlier.</param>
public sealed record ProgressEvent(
    int Epoch, int Epochs, long Step, long Steps, IReadOnlyDictionary<string, double?> Logs, double SamplesPerSecond, double? EtaSeconds);

/// <summary>An epoch is over.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">How many are asked for.</param>
/// <param name="Logs">Figures by name; a figure that is not finite is null.</param>
/// <param name="NonFinite">Names of figures that are not finite, with <c>nan</c>, <c>inf</c> or <c>-inf</c>; null when there are none.</param>
/// <param name="DurationSeconds">Of the epoch, validation included.</param>
/// <param name="SamplesPerSecond">Training rows a second, validation left out.</param>
/// <param name="DataWaitSeconds">Time that the model waited for data.</param>
/// <param name="RssBytes">Resident memory of the trainer.</param>
/// <param name="EndedAt">When it was over, by the trainer's clock; the event's own instant is the database's, when it was stored.</param>
/// <param name="ComputeSeconds">Time that the training batches themselves took.</param>
public sealed record EpochEndEvent(
    int Epoch, int Epochs, IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite,
    double DurationSeconds, double SamplesPerSecond, double DataWaitSeconds, long RssBytes, DateTimeOffset? EndedAt = null, double? ComputeSeconds = null);

/// <summary>The training figures of one batch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Batch of the epoch, from 1.</param>
/// <param name="GlobalStep">Batch of the job, from 1.</param>
/// <param name="Logs">Figures by name, as running means since the epoch began; a figure that is not finite is null.</param>
/// <param name="NonFinite">As in <see cref="EpochEndEvent"/>.</param>
public sealed record StepEvent(
    int Epoch, long Step, long GlobalStep, IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite = null);

/// <summary>The training's whole state is stored.</summary>
/// <param name="Number">Of the job, rising.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Best">Whether it is the best so far.</param>
public sealed record CheckpointEvent(long Number, int Epoch, long Step, long SizeBytes, bool Best);

/// <summary>A run goes on from a checkpoint.</summary>
/// <param name="FromEpoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
/// <param name="Checkpoint">Its number.</param>
public sealed record ResumedEvent(int FromEpoch, long Step, long Checkpoint);

/// <summary>The final evaluation.</summary>
/// <param name="Split">Which rows: <c>test</c> or <c>validation</c>.</param>
/// <param name="Logs">Figures by name: <c>loss</c>, <c>accuracy</c>.</param>
/// <param name="NonFinite">As in <see cref="EpochEndEvent"/>.</param>
/// <param name="Rows">How many rows.</param>
public sealed record EvaluationEvent(string Split, IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite, long Rows);

/// <summary>A line for people.</summary>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">One line.</param>
public sealed record LogEvent(string Level, string Message);

/// <summary>A file is stored and can be downloaded.</summary>
/// <param name="Name">Name within the job.</param>
/// <param name="Kind">As in the artifact's listing.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Sha256">Digest, lower-case hex.</param>
public sealed record ArtifactEvent(string Name, string Kind, long SizeBytes, string Sha256);

/// <summary>The job has ended.</summary>
/// <param name="Status"><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="StopReason">Why, snake case.</param>
/// <param name="Error">Why it failed, else null.</param>
public sealed record TerminalEvent(string Status, string StopReason, Jobs.JobError? Error);
