using System.Text;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>Names of archive entries: relative paths with <c>/</c>, as text only, never a place on disk; refused when another program could be led astray by them.</summary>
internal static class EntryName
{
    private const int LongestSegmentBytes = 255, LongestBytes = 4_096;

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CLOCK$", .. Enumerable.Range(1, 9).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>The parts of a name that is fit; a folder's trailing slash is dropped.</summary>
    /// <exception cref="IngestException">The name leaves the archive or is not one that every system can have.</exception>
    public static string[] Segments(string archive, string name)
    {
        var segments = (name.EndsWith('/') ? name[..^1] : name).Split('/');
        if (Complaint(name, segments) is { } complaint)
            throw new IngestException(DatasetErrorCodes.BadArchive, $"expected names of files inside the archive. Received: {Quoted(name)}, {complaint}.", archive);
        return segments;
    }

    /// <summary>A name as it can stand in a message: control characters escaped, cut when long.</summary>
    public static string Quoted(string name)
    {
        var text = new StringBuilder("\"");
        foreach (var c in name.Length > 120 ? name[..120] : name)
            _ = char.IsControl(c) || char.IsSurrogate(c) || c == '\u202e' ? text.Append($"\\u{(int)c:x4}") : text.Append(c);
        return text.Append(name.Length > 120 ? "…\"" : "\"").ToString();
    }

    private static string? Complaint(string name, string[] segments)
    {
        if (name.Length == 0 || name == "/")
            return "which is empty";
        if (name[0] == '/')
            return "an absolute path";
        if (name.Contains('\\'))
            return "with a backslash";
        if (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            return "a path on a drive";
        if (name.Any(c => char.IsControl(c) || c == '\ufffd'))
            return "with a character that no name may have";
        if (Encoding.UTF8.GetByteCount(name) > LongestBytes || segments.Any(segment => Encoding.UTF8.GetByteCount(segment) > LongestSegmentBytes))
            return $"longer than {LongestSegmentBytes} bytes a part or {LongestBytes} bytes in all";
        if (segments.Any(segment => segment is ".." or "."))
            return "which leaves its folder";
        if (segments.Any(segment => segment.Length == 0))
            return "with an empty part";
        return segments.Any(segment => Devices.Contains(segment.Split('.')[0].TrimEnd())) ? "the name of a device" : null;
    }
}
