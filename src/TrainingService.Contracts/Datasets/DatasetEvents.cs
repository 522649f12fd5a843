using System.Text.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>Something that happened to a version of a data set, numbered without gaps from 1.</summary>
/// <param name="Seq">Number within the version.</param>
/// <param name="Name">The data set's name.</param>
/// <param name="Version">The version.</param>
/// <param name="Attempt">The attempt it belongs to; 0 before the first.</param>
/// <param name="Type">One of <see cref="DatasetEventTypes"/>; clients must bear unknown ones.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Data">What happened; its shape follows from the type.</param>
public sealed record DatasetEvent(long Seq, string Name, int Version, int Attempt, string Type, DateTimeOffset CreatedAt, JsonElement Data);

/// <summary>The types of events, and the record that each one's data is.</summary>
public static class DatasetEventTypes
{
    /// <summary><see cref="DatasetStatusEvent"/>: the status changed; the last event is that of <c>ready</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public const string Status = "dataset_status";

    /// <summary><see cref="IngestProgressMessage"/>: how far reading has come.</summary>
    public const string Progress = "dataset_progress";
}

/// <summary>The status changed.</summary>
/// <param name="Status">Status after the change, snake case.</param>
/// <param name="Reason">Why, in a few words for people.</param>
/// <param name="Error">Why it failed.</param>
public sealed record DatasetStatusEvent(string Status, string? Reason = null, DatasetError? Error = null);

/// <summary>What the statuses mean together.</summary>
public static class DatasetStatusExtensions
{
    /// <summary>Whether the version has ended and stays as it is.</summary>
    public static bool IsTerminal(this DatasetStatus status) => status is DatasetStatus.Ready or DatasetStatus.Failed or DatasetStatus.Cancelled;
}
