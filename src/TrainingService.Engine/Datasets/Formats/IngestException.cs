using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Files of a data set cannot be read: what is wrong, and exactly where.</summary>
/// <param name="code">One of <see cref="DatasetErrorCodes"/>.</param>
/// <param name="reason">What was expected and what came: <c>expected a number. Received: "abc".</c></param>
/// <param name="file">Name of the file as it was uploaded, with the path inside an archive after it; null when no file is to blame.</param>
/// <param name="row">Row of the file, from 1, a header not counted.</param>
/// <param name="column">Name of the column.</param>
/// <param name="inner">What a library said.</param>
public sealed class IngestException(string code, string reason, string? file, long? row = null, string? column = null, Exception? inner = null)
    : Exception(Place(file, row, column) + reason, inner)
{
    /// <summary>One of <see cref="DatasetErrorCodes"/>.</summary>
    public string Code => code;

    /// <summary>The message without the place.</summary>
    public string Reason => reason;

    /// <summary>Name of the file.</summary>
    public string? File => file;

    /// <summary>Row, from 1.</summary>
    public long? Row => row;

    /// <summary>Name of the column.</summary>
    public string? Column => column;

    private static string Place(string? file, long? row, string? column)
    {
        string?[] parts = [file, row is null ? null : $"row {row}", column is null ? null : $"column \"{column}\""];
        var place = string.Join(", ", parts.Where(part => part is not null));
        return place.Length == 0 ? "" : $"{place}: ";
    }

    /// <summary>What is told of it.</summary>
    public DatasetError ToError() => new(code, reason, file, row, column);
}
