using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrainingService.Contracts.Datasets;

/// <summary>How a job names a data set: <c>houses</c>, its newest ready version, or <c>houses@2</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version; null is the newest that is ready.</param>
public sealed partial record DatasetReference(string Name, int? Version = null)
{
    /// <summary>Reads a reference.</summary>
    /// <returns>Null when it is neither <c>name</c> nor <c>name@version</c>.</returns>
    public static DatasetReference? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var version = match.Groups["version"];
        return !version.Success ? new DatasetReference(match.Groups["name"].Value)
            : int.TryParse(version.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new DatasetReference(match.Groups["name"].Value, number) : null;
    }

    /// <summary>Whether it names this version, or this data set's newest.</summary>
    public bool Names(DatasetInfo info) => info.Name == Name && (Version is null || Version == info.Version);

    /// <summary>The version that a reference names among those that are there: the newest, when it names none.</summary>
    public static DatasetInfo? Find(IEnumerable<DatasetInfo> datasets, string reference) =>
        TryParse(reference) is { } parsed ? datasets.Where(parsed.Names).MaxBy(info => info.Version) : null;

    /// <summary>Everything that the body of a job names as a data set, sound or not, so that only these need to be looked up.</summary>
    public static IReadOnlyCollection<DatasetReference> In(JsonElement body)
    {
        HashSet<DatasetReference> found = [];
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("data", out var data))
            Collect(data, found);
        return found;
    }

    /// <inheritdoc />
    public override string ToString() => Version is { } version ? $"{Name}@{version}" : Name;

    private static void Collect(JsonElement json, HashSet<DatasetReference> found)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
                Collect(item, found);
        }
        if (json.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in json.EnumerateObject())
        {
            if (member.NameEquals("dataset") && member.Value.ValueKind == JsonValueKind.String && TryParse(member.Value.GetString()!) is { } reference)
                found.Add(reference);
            else if (!member.NameEquals("pipeline"))
                Collect(member.Value, found);
        }
    }

    [GeneratedRegex(@"\A(?<name>" + DatasetInfo.NamePattern + @")(@(?<version>[1-9][0-9]{0,8}))?\z")]
    private static partial Regex Form();
}
