using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>A new version of a data set.</summary>
/// <param name="Request">Name, options, description; its uploads are not looked at.</param>
/// <param name="Uploads">Complete uploads that it is made of, in order; none when its file is fetched.</param>
/// <param name="BuiltIn">Keras's name of it, when it is one of the built-in ones.</param>
public sealed record NewDataset(DatasetRequest Request, IReadOnlyList<Guid> Uploads, string? BuiltIn = null);

/// <summary>What became of a new version.</summary>
public enum AddDatasetOutcome
{
    Created,

    /// <summary>The same request made this version before.</summary>
    Repeated,

    /// <summary>Another request made a version with the same key.</summary>
    KeyReused,

    /// <summary>An upload is gone, or not complete.</summary>
    NoUpload,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="VersionId">The version, new or from before.</param>
public sealed record AddedDataset(AddDatasetOutcome Outcome, Guid VersionId, string Name, int Version);

/// <summary>An ingest that is ours until the lease ends.</summary>
/// <param name="Attempt">The fencing token: every later write names it.</param>
/// <param name="Sources">The files that were uploaded or fetched, in order, by the names that their owner gave them; none when they are yet to be fetched.</param>
/// <param name="SourceUrl">Where to fetch from, unless that was done.</param>
/// <param name="SourceSha256">What the fetched file's digest has to be; null takes any.</param>
/// <param name="BuiltIn">Keras's name of it, when it is one of the built-in ones.</param>
/// <param name="CancelRequested">Whether somebody asks for its end.</param>
public sealed record IngestClaim(
    Guid VersionId, DatasetReference Reference, int Attempt, IngestOptions Options, IReadOnlyList<DatasetFile> Sources,
    string? SourceUrl, string? SourceSha256, string? BuiltIn, bool CancelRequested);

/// <summary>A version that can be trained on.</summary>
/// <param name="Info">What jobs are checked against.</param>
/// <param name="Files">Column files and their schema, by name.</param>
public sealed record ReadyDataset(Guid VersionId, DatasetInfo Info, IReadOnlyList<DatasetFile> Files);

/// <param name="Held">False when the lease is lost: stop, and write nothing more.</param>
/// <param name="CancelRequested">Whether somebody asks for its end.</param>
public sealed record IngestLease(bool Held, bool CancelRequested = false);

/// <summary>What became of an ingest that was given back.</summary>
public enum IngestSettled
{
    /// <summary>The lease was lost; nothing was written.</summary>
    Lost,

    /// <summary>It waits for a worker: put it on the queue.</summary>
    Queued,

    /// <summary>Somebody had asked for that.</summary>
    Cancelled,

    /// <summary>It was its last attempt.</summary>
    Failed,
}

/// <summary>What a verb came to.</summary>
public enum DatasetOutcome
{
    NotFound,

    /// <summary>It is so now.</summary>
    Done,

    /// <summary>Its worker was told.</summary>
    Requested,

    /// <summary>It was so already, or has ended and stays as it is.</summary>
    NothingToDo,

    /// <summary>A job that has not ended uses it.</summary>
    InUse,
}
