using System.Text.Json;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>A version of a data set, as it is true. Written by conditional updates only; never changes any more once it is ready.</summary>
public sealed class DatasetVersion
{
    /// <summary>What the queue carries.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public DatasetStatus Status { get; private set; } = DatasetStatus.Queued;

    /// <summary>What its reader is asked to do (<see cref="IngestOptions"/>); never changes.</summary>
    public required JsonDocument Options { get; init; }

    /// <summary>Where its file is fetched from, when it was not uploaded.</summary>
    public string? SourceUrl { get; init; }

    /// <summary>What its digest has to be; null takes any.</summary>
    public string? SourceSha256 { get; init; }

    /// <summary>Keras's name of it, when it is one of the built-in ones.</summary>
    public string? BuiltIn { get; init; }

    /// <summary>Bytes of the files it is made of.</summary>
    public long SourceBytes { get; private set; }

    /// <summary>The files' format, once it is known.</summary>
    public DatasetFormat? Format { get; private set; }

    /// <summary>Times it was claimed; the fencing token of every write of an ingest.</summary>
    public int Attempt { get; private set; }

    /// <summary>Claims that do not count against the limit: the worker handed it back in good order.</summary>
    public int UncountedAttempts { get; private set; }

    public required int MaxAttempts { get; init; }

    public string? LeaseOwner { get; private set; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; private set; }

    /// <summary>The claim that holds it, so that its repetition is recognised.</summary>
    public Guid? ClaimId { get; private set; }

    /// <summary>Somebody asked for it; the lease holder acts on it.</summary>
    public bool CancelRequested { get; private set; }

    /// <summary>Rows and bytes that were read so far.</summary>
    public long ReadRows { get; private set; }

    public long ReadBytes { get; private set; }

    /// <summary>Splits and columns (<see cref="DatasetSchema"/>); set when it is ready.</summary>
    public JsonDocument? Schema { get; private set; }

    /// <summary>Bytes of the columns; set when it is ready.</summary>
    public long? SizeBytes { get; private set; }

    /// <summary><see cref="DatasetFingerprint"/>; set when it is ready.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>Why it failed (<see cref="DatasetError"/>).</summary>
    public JsonDocument? Error { get; private set; }

    public long LastSeq { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last put on the queue.</summary>
    public DateTimeOffset OfferedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public string? IdempotencyKey { get; init; }

    public string? IdempotencySha256 { get; init; }
}
