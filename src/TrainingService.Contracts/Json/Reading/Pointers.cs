namespace TrainingService.Contracts.Json.Reading;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class Pointers
{
    public static string Child(string pointer, string name) => $"{pointer}/{name.Replace("~", "~0").Replace("/", "~1")}";

    public static string Child(string pointer, int index) => $"{pointer}/{index}";

    public static IEnumerable<string> Segments(string pointer) =>
        pointer.Split('/').Skip(1).Select(segment => segment.Replace("~1", "/").Replace("~0", "~"));
}
