using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>What a stored version holds: the file <c>schema.json</c> beside its column files.</summary>
/// <param name="Columns">In the order of their numbers, from 0.</param>
/// <param name="Splits">Rows per split.</param>
/// <param name="Format">What it was read from.</param>
public sealed record DatasetSchema(IReadOnlyList<ColumnInfo> Columns, IReadOnlyDictionary<string, long> Splits, DatasetFormat Format)
{
    /// <summary>The schema's own file.</summary>
    public const string FileName = "schema.json";

    /// <summary>Rows for people to look at: a <see cref="DatasetPreview"/> per split.</summary>
    public const string PreviewFileName = "preview.json";

    /// <summary>The file of a column's values: <c>train.0.bin</c>.</summary>
    /// <param name="split">Which split.</param>
    /// <param name="column">Its number, from 0.</param>
    public static string ValuesFile(string split, int column) => $"{split}.{column}.bin";

    /// <summary>The file of where each row of a column begins, and the last one ends: <c>train.0.offsets</c>.</summary>
    /// <param name="split">Which split.</param>
    /// <param name="column">Its number, from 0.</param>
    public static string OffsetsFile(string split, int column) => $"{split}.{column}.offsets";

    /// <summary>The picture of a value in the preview: <c>preview.train.0.1.png</c>.</summary>
    /// <param name="split">Which split.</param>
    /// <param name="row">Row of the split, from 0.</param>
    /// <param name="column">The column's number, from 0.</param>
    public static string PreviewImage(string split, long row, int column) => $"preview.{split}.{row}.{column}.png";
}

/// <summary>A file of a stored version.</summary>
/// <param name="Name">Such as <c>train.0.bin</c>.</param>
/// <param name="Sha256">Digest, lower-case hex.</param>
/// <param name="SizeBytes">Length.</param>
public sealed record DatasetFile(string Name, string Sha256, long SizeBytes);

/// <summary>One digest for everything that a version holds: the same rows under the same names have the same one, wherever they were ingested.</summary>
public static class DatasetFingerprint
{
    /// <summary>SHA-256 over the schema and the digests of the column files.</summary>
    /// <param name="schema">Its statistics do not count.</param>
    /// <param name="files">Files of previews do not count, nor does the order.</param>
    /// <returns>Lower-case hex.</returns>
    public static string Of(DatasetSchema schema, IReadOnlyList<DatasetFile> files)
    {
        var text = new StringBuilder();
        foreach (var column in schema.Columns)
            text.Append(JsonSerializer.Serialize(column with { Statistics = null }, ContractsJson.Options)).Append('\n');
        foreach (var (split, rows) in schema.Splits.OrderBy(split => split.Key, StringComparer.Ordinal))
            text.Append(JsonSerializer.Serialize(split, ContractsJson.Options)).Append(' ').Append(rows).Append('\n');
        foreach (var file in files.Where(IsColumn).OrderBy(file => file.Name, StringComparer.Ordinal))
            text.Append(file.Name).Append(' ').Append(file.Sha256).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static bool IsColumn(DatasetFile file) => file.Name.EndsWith(".bin", StringComparison.Ordinal) || file.Name.EndsWith(".offsets", StringComparison.Ordinal);
}
