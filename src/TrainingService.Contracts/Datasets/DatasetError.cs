namespace TrainingService.Contracts.Datasets;

/// <summary>Why files could not become a data set, and where the fault lies.</summary>
/// <param name="Code">One of <see cref="DatasetErrorCodes"/>.</param>
/// <param name="Message">What was expected and what came.</param>
/// <param name="File">Name of the file, as it was uploaded; with the path inside an archive after it.</param>
/// <param name="Row">Row of the file, from 1, a header not counted.</param>
/// <param name="Column">Name of the column.</param>
public sealed record DatasetError(string Code, string Message, string? File = null, long? Row = null, string? Column = null);

/// <summary>Why files could not become a data set.</summary>
public static class DatasetErrorCodes
{
    /// <summary>The first bytes or lines are not the format's.</summary>
    public const string BadHeader = "bad_header";

    /// <summary>The file ends too early.</summary>
    public const string Truncated = "truncated";

    /// <summary>A value cannot be what its column holds.</summary>
    public const string BadValue = "bad_value";

    /// <summary>Sizes do not go together.</summary>
    public const string BadShape = "bad_shape";

    /// <summary>More than the limits allow.</summary>
    public const string TooLarge = "too_large";

    /// <summary>A feature of the format that is not read.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>An archive has links.</summary>
    public const string LinksNotAllowed = "links_not_allowed";

    /// <summary>An archive is damaged, lies, or has paths that lead out of it.</summary>
    public const string BadArchive = "bad_archive";

    /// <summary>There is not a single row.</summary>
    public const string NoRows = "no_rows";

    /// <summary>A file is not the one that was announced.</summary>
    public const string ChecksumMismatch = "checksum_mismatch";

    /// <summary>An option names a column, file or class that is not there.</summary>
    public const string BadOption = "bad_option";

    /// <summary>Reading took more time than the limit.</summary>
    public const string TimeLimit = "time_limit";

    /// <summary>Reading took more memory than the limit.</summary>
    public const string OutOfMemory = "out_of_memory";

    /// <summary>Nothing could be fetched from the address.</summary>
    public const string DownloadFailed = "download_failed";

    /// <summary>There was no room for the files.</summary>
    public const string StorageFull = "storage_full";

    /// <summary>A bug or a broken machine.</summary>
    public const string InternalError = "internal_error";
}
