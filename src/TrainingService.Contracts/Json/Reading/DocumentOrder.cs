using System.Text.Json;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Sorts violations by where they stand in the document.</summary>
internal static class DocumentOrder
{
    public static IReadOnlyList<Violation> Sort(JsonElement document, IEnumerable<Violation> violations) =>
        [.. violations.OrderBy(violation => Path(document, violation.Pointer), PathComparer.Instance)];

    private static List<int> Path(JsonElement json, string pointer)
    {
        List<int> path = [];
        foreach (var segment in Pointers.Segments(pointer))
        {
            if (!Step(ref json, segment, out var position))
            {
                // A missing field stands after those that are there.
                path.Add(int.MaxValue);
                break;
            }
            path.Add(position);
        }
        return path;
    }

    private static bool Step(ref JsonElement json, string segment, out int position)
    {
        position = 0;
        if (json.ValueKind == JsonValueKind.Array && int.TryParse(segment, out position) && position >= 0 && position < json.GetArrayLength())
        {
            json = json[position];
            return true;
        }
        if (json.ValueKind != JsonValueKind.Object)
            return false;
        position = 0;
        foreach (var property in json.EnumerateObject())
        {
            if (property.NameEquals(segment))
            {
                json = property.Value;
                return true;
            }
            position++;
        }
        return false;
    }

    private sealed class PathComparer : IComparer<List<int>>
    {
        public static PathComparer Instance { get; } = new();

        public int Compare(List<int>? x, List<int>? y)
        {
            foreach (var (a, b) in x!.Zip(y!))
            {
                if (a != b)
                    return a.CompareTo(b);
            }
            return x!.Count.CompareTo(y!.Count);
        }
    }
}
