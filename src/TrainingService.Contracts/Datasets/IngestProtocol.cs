using System.Text.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>What an inspect process is told, as the file <c>plan.json</c>: it reads these files and nothing else, and knows no database.</summary>
/// <param name="Files">What was uploaded.</param>
/// <param name="Options">How to read it.</param>
/// <param name="OutputDirectory">Where it writes the stored form.</param>
/// <param name="MemoryLimitBytes">What the process may use; null has no limit.</param>
/// <param name="TimeLimitSeconds">Seconds after which it gives up; null has no limit.</param>
/// <param name="WorkerProcessId">The process that supervises it; when that one is gone, so is this one.</param>
/// <param name="Dataset">Name and version, for its logs.</param>
/// <param name="Threads">Threads that it may use.</param>
/// <param name="BuiltIn">Keras's name of the data set whose published files these are; null goes by format and options.</param>
public sealed record IngestPlan(
    IReadOnlyList<IngestFile> Files, IngestOptions Options, string OutputDirectory, long? MemoryLimitBytes, int? TimeLimitSeconds, int WorkerProcessId,
    string? Dataset = null, int Threads = 1, string? BuiltIn = null);

/// <summary>A file that was uploaded.</summary>
/// <param name="Path">Absolute path of its content.</param>
/// <param name="Name">Its name when it was uploaded, with '/' after each folder.</param>
public sealed record IngestFile(string Path, string Name);

/// <summary>One line that an inspect process writes to stdout.</summary>
/// <param name="Type">One of <see cref="IngestMessageTypes"/>.</param>
/// <param name="Data">Its content.</param>
public sealed record IngestMessage(string Type, JsonElement Data);

/// <summary>What an inspect process says. Its exit codes are the trainer's.</summary>
public static class IngestMessageTypes
{
    /// <summary><see cref="IngestProgressMessage"/>: at most a few times a second, and at least about once while it gets on.</summary>
    public const string Progress = "progress";

    /// <summary><see cref="DatasetFile"/>: a file in the output directory is complete and on disk.</summary>
    public const string File = "file";

    /// <summary><see cref="IngestResult"/>: the last line.</summary>
    public const string Result = "result";
}

/// <summary>How far reading has come.</summary>
/// <param name="Rows">Rows written.</param>
/// <param name="Bytes">Bytes read of the files as they lie there.</param>
/// <param name="TotalBytes">Of all files; null where it is not known.</param>
public sealed record IngestProgressMessage(long Rows, long Bytes, long? TotalBytes = null);

/// <summary>How reading ended. A process that ends without this line has crashed.</summary>
/// <param name="Schema">What the stored form holds; null after an error.</param>
/// <param name="Error">What was wrong; null after success, and when it was cancelled.</param>
/// <param name="Cancelled">Whether it was told to stop.</param>
public sealed record IngestResult(DatasetSchema? Schema = null, DatasetError? Error = null, bool Cancelled = false);
