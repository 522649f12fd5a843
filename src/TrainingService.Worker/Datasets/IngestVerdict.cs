using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Memory;
using TrainingService.Worker.Inspector;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>What becomes of a version whose inspect process has ended.</summary>
internal abstract record IngestVerdict
{
    private const int ShownChars = 1_000;

    /// <summary>It can be trained on.</summary>
    public sealed record Ready(DatasetSchema Schema, IReadOnlyList<DatasetFile> Files) : IngestVerdict;

    /// <summary>Its files cannot become a data set.</summary>
    public sealed record Failed(DatasetError Error) : IngestVerdict;

    /// <summary>Somebody asked for that.</summary>
    public sealed record Cancelled : IngestVerdict;

    /// <summary>Back into the queue.</summary>
    /// <param name="Reason">For people; the last one is shown when the attempts are spent.</param>
    /// <param name="CountAttempt">Whether the attempt counts against the limit.</param>
    public sealed record HandBack(string Reason, bool CountAttempt) : IngestVerdict;

    /// <param name="result">Its last line; null when it ended without.</param>
    /// <param name="files">What it made and was stored.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="stderrTail">The end of its log.</param>
    /// <param name="limits">What it might take.</param>
    /// <param name="isOverdue">Whether its time was over.</param>
    /// <param name="cancelRequested">Whether somebody asked for its end.</param>
    /// <param name="workerStopping">Whether this worker is going down.</param>
    public static IngestVerdict Of(
        IngestResult? result, IReadOnlyList<DatasetFile> files, ChildEnd end, string stderrTail, IngestLimits limits, bool isOverdue, bool cancelRequested, bool workerStopping) => result switch
    {
        // What came to its own end before it heard of a stop keeps that end.
        { Error: { } error } => new Failed(error),
        { Schema: { } schema } => new Ready(schema, files),
        _ when cancelRequested => new Cancelled(),
        _ when workerStopping => new HandBack("the worker stops", CountAttempt: false),
        _ when isOverdue => new Failed(IngestErrors.TimeIsOver(limits.Time.TotalSeconds)),
        _ when end.OutOfMemory || (end.ExitCode == ExitCodes.Aborted && MemoryAdvice.IsOutOfMemory(stderrTail)) => new Failed(IngestErrors.MemoryIsOver(limits.MemoryBytes)),
        { Cancelled: true } => new HandBack("the inspect process was stopped from outside", CountAttempt: true),
        _ when end.Silence is { } silence => new HandBack($"the inspect process made no progress for {silence.TotalSeconds:0.#} s{EndOf(stderrTail)}", CountAttempt: true),
        _ => new HandBack($"the inspect process died: {ExitCodes.Name(end.ExitCode)}, exit code {end.ExitCode}{EndOf(stderrTail)}", CountAttempt: true),
    };

    private static string EndOf(string stderrTail) =>
        stderrTail.Length == 0 ? "" : $". The end of its log:\n{(stderrTail.Length > ShownChars ? "…" + stderrTail[^ShownChars..] : stderrTail)}";
}
