namespace TrainingService.Domain.Datasets;

/// <summary>
/// A file on its way in, in parts. The id is random and known to its owner alone. Each part is content of its own; when the last one is there,
/// they become one, whose digest must be the one that was announced.
/// </summary>
public sealed class Upload
{
    public required Guid Id { get; init; }

    /// <summary>What its owner calls it; never a path.</summary>
    public required string FileName { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Of the whole file, as announced; lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes that are safe.</summary>
    public long OffsetBytes { get; private set; }

    /// <summary>Whether the whole file is there and has its digest.</summary>
    public bool Complete { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something last came; an upload that is left alone goes after a while.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }
}

/// <summary>Bytes of an upload that came together.</summary>
public sealed class UploadPart
{
    public required Guid UploadId { get; init; }

    /// <summary>Where in the file they begin.</summary>
    public required long OffsetBytes { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }
}
