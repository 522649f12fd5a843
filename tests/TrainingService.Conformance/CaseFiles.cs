using System.Text.Json;

namespace TrainingService.Conformance;

/// <summary>A folder of case files.</summary>
public static class CaseFiles
{
    /// <summary>The project's own copy of the public cases.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data");

    /// <summary>Every case of every file in a folder, by file name and then in the file's order.</summary>
    /// <exception cref="InvalidDataException">A file is not in the format.</exception>
    public static IReadOnlyList<ConformanceCase> Read(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    private static IEnumerable<ConformanceCase> ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        var root = JsonDocument.Parse(stream).RootElement;
        if (!root.TryGetProperty("format", out var format) || format.GetString() != "keras-conformance")
            throw new InvalidDataException($"{path}: expected \"format\": \"keras-conformance\".");
        return root.GetProperty("cases").EnumerateArray().Select(json => new ConformanceCase(Path.GetFileName(path), json));
    }
}
