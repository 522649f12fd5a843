namespace TrainingService.Domain.Datasets;

/// <summary>A file of a version. The row appears after its bytes are safe; the bytes are found by their digest.</summary>
public sealed class StoredDatasetFile
{
    public required Guid VersionId { get; init; }

    public required DatasetFileKind Kind { get; init; }

    /// <summary>Its place among the files of its kind, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>What it is called: of a source what its owner called it, never a path; of a column its name in the stored form.</summary>
    public required string Name { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }
}

/// <summary>What a file is for.</summary>
public enum DatasetFileKind
{
    /// <summary>What was uploaded or fetched.</summary>
    Source,

    /// <summary>What trainers read: columns and their schema.</summary>
    Column,

    /// <summary>The first rows, for people to look at.</summary>
    Preview,
}
