using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>Where a version of a data set stands.</summary>
public enum DatasetStatus
{
    /// <summary>Its files are on their way.</summary>
    Uploading,

    /// <summary>Waits to be read.</summary>
    Queued,

    /// <summary>Is being read.</summary>
    Ingesting,

    /// <summary>Can be named by jobs, and stays as it is.</summary>
    Ready,

    /// <summary>Could not be read; <c>error</c> says why and where.</summary>
    Failed,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,
}

/// <summary>The part <c>spec</c> of <c>POST /v1/datasets</c>, or its whole body: a new data set, or a new version of one.</summary>
/// <param name="Name">A new name, or that of a data set, which gets another version.</param>
/// <param name="Description">One line; null keeps the last version's.</param>
/// <param name="Options">How the files are read.</param>
/// <param name="Url">Where the service fetches a file from; only addresses that the operator allows.</param>
/// <param name="Sha256">Digest of what the address gives, lower-case hex; another one is an error.</param>
/// <param name="Uploads">Uploads that are complete, in order.</param>
/// <param name="Licence">Under which terms the data may be used.</param>
/// <param name="Source">Where it comes from, for people.</param>
public sealed record DatasetRequest(
    [RegularExpression(DatasetInfo.NamePattern, ErrorMessage = "1 to 100 lower-case letters, digits, '_' and '-', beginning with a letter")] string Name,
    [StringLength(1_000)] string? Description = null,
    IngestOptions? Options = null,
    [StringLength(2_000, MinimumLength = 1)] string? Url = null,
    [RegularExpression("[0-9a-f]{64}", ErrorMessage = "64 lower-case hexadecimal digits")] string? Sha256 = null,
    [MaxLength(10_000)][EachLength(1, 100)] IReadOnlyList<string>? Uploads = null,
    [StringLength(1_000)] string? Licence = null,
    [StringLength(1_000)] string? Source = null);

/// <summary>A data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One line.</param>
/// <param name="BuiltIn">Whether it belongs to the service's own catalog.</param>
/// <param name="Version">The newest version that is ready, or null.</param>
/// <param name="Versions">How many versions there are, ready or not.</param>
/// <param name="CreatedAt">When the first one was asked for.</param>
/// <param name="UpdatedAt">When one of them last changed.</param>
/// <param name="Info">What the newest version that is ready holds.</param>
public sealed record DatasetResponse(
    string Name, string Description, bool BuiltIn, int? Version, int Versions, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt, DatasetInfo? Info);

/// <summary>A version of a data set.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Version">From 1.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Format">What it is read from; null until that is known.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ReadyAt">When it was ready.</param>
/// <param name="Splits">Rows per split; null until it is ready.</param>
/// <param name="Columns">Its columns; null until it is ready.</param>
/// <param name="SizeBytes">Of the stored form.</param>
/// <param name="Fingerprint">SHA-256 over the schema and the files.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Progress">How far reading has come, while it is read.</param>
/// <param name="Attempt">How often reading was begun.</param>
/// <param name="Options">How the files are read.</param>
/// <param name="Files">What was uploaded: name, digest and length.</param>
public sealed record DatasetVersionResponse(
    string Name, int Version, DatasetStatus Status, DatasetFormat? Format, DateTimeOffset CreatedAt, DateTimeOffset? ReadyAt = null,
    IReadOnlyDictionary<string, long>? Splits = null, IReadOnlyList<ColumnInfo>? Columns = null, long? SizeBytes = null, string? Fingerprint = null,
    DatasetError? Error = null, IngestProgressMessage? Progress = null, int Attempt = 0, IngestOptions? Options = null, IReadOnlyList<DatasetFile>? Files = null);

/// <summary>The body of <c>POST /v1/uploads</c>: a file that comes in parts.</summary>
/// <param name="FileName">Its name; it never becomes a path.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">Its digest, lower-case hex, which is compared at the end.</param>
public sealed record UploadRequest(
    [StringLength(1_000, MinimumLength = 1)] string FileName,
    [Range(0, 1L << 50)] long SizeBytes,
    [RegularExpression("[0-9a-f]{64}", ErrorMessage = "64 lower-case hexadecimal digits")] string Sha256);

/// <summary>A file that comes in parts.</summary>
/// <param name="Id">Names it in <c>PATCH /v1/uploads/{id}</c> and in <see cref="DatasetRequest.Uploads"/>.</param>
/// <param name="FileName">Its name.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Offset">Bytes that have come: where the next part begins.</param>
/// <param name="Complete">Whether all have come and the digest is right.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="ExpiresAt">When it is thrown away, if no data set takes it.</param>
public sealed record UploadResponse(
    Guid Id, string FileName, long SizeBytes, string Sha256, long Offset, bool Complete, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>Rows of a split for people to look at.</summary>
/// <param name="Split">Which split.</param>
/// <param name="Offset">The first row, from 0.</param>
/// <param name="TotalRows">Rows of the split.</param>
/// <param name="Columns">Names of the columns, in order.</param>
/// <param name="Rows">A list of values per row, in the order of the columns: numbers, texts (cut when long), lists; null for a picture, which has an address of its own.</param>
public sealed record DatasetPreview(string Split, long Offset, long TotalRows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<JsonElement>> Rows);
