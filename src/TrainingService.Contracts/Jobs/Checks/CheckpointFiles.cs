using System.Text.RegularExpressions;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Names of the files that callbacks write: placeholders, endings, and names that belong to the service.</summary>
internal static partial class CheckpointFiles
{
    private const string Ending = ".safetensors";

    /// <summary>As Keras asks for .weights.h5.</summary>
    private const string WeightsEnding = ".weights.safetensors";

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "model.safetensors", "config.json", "history.csv", "plan.json", "manifest.json",
    };

    /// <summary>What is wrong with a checkpoint's name, or null.</summary>
    /// <param name="checkpoint">The callback.</param>
    /// <param name="figures">Those that exist when it saves.</param>
    public static (string Code, string Message, string? Hint)? Objection(ModelCheckpoint checkpoint, Figures figures)
    {
        var template = checkpoint.NameTemplate();
        HashSet<string> counters = checkpoint.SaveFreq.Batches is null ? ["epoch"] : ["epoch", "batch"];
        foreach (Match placeholder in Placeholder().Matches(template))
        {
            var (key, format) = (placeholder.Groups["key"].Value, placeholder.Groups["format"].Value);
            if (!counters.Contains(key) && !figures.Keys.ContainsKey(key) && figures.Complete)
            {
                string[] known = [.. counters, .. figures.Keys.Keys];
                return (ViolationCodes.UnknownMonitor, $"expected placeholders out of {Received.Words(known)}. Received: {{{key}}}.", NearMiss.Hint(key, known));
            }
            if (!(counters.Contains(key) ? WholeFormat() : RealFormat()).IsMatch(format))
            {
                var example = counters.Contains(key) ? $"{{{key}:02d}}" : $"{{{key}:.2f}}";
                return (ViolationCodes.InvalidFormat, $"expected a format such as {example}. Received: {placeholder.Value}.", null);
            }
        }
        var name = Placeholder().Replace(template, "0");
        if (!FileName().IsMatch(name))
            return (ViolationCodes.InvalidFormat, $"expected a file name of letters, digits, '.', '_', '-' and placeholders, at most 100, without folders. Received: \"{template}\".", null);
        return EndingObjection(name, checkpoint.SaveWeightsOnly ? WeightsEnding : Ending) ?? ReservedObjection(name);
    }

    /// <summary>A name that the service writes itself.</summary>
    public static (string Code, string Message, string? Hint)? ReservedObjection(string name) =>
        Reserved.Contains(name) ? (ViolationCodes.ReservedName, $"expected another name: the job itself writes {name}.", null) : null;

    private static (string Code, string Message, string? Hint)? EndingObjection(string name, string ending)
    {
        if (name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length)
            return null;
        foreach (var format in new[] { ".keras", ".h5" })
        {
            if (name.EndsWith(format, StringComparison.OrdinalIgnoreCase))
                return (ViolationCodes.UnsupportedValue, $"this version does not write {format} files. Expected a name that ends in {ending}.", Suggestion(name[..^format.Length], ending));
        }
        return (ViolationCodes.InvalidFormat, $"expected a name that ends in {ending}. Received: \"{name}\".", null);
    }

    private static string Suggestion(string stem, string ending) =>
        (stem.EndsWith(".weights", StringComparison.OrdinalIgnoreCase) && ending == WeightsEnding ? stem[..^".weights".Length] : stem) + ending;

    [GeneratedRegex(@"\{(?<key>[A-Za-z0-9_.-]*)(:(?<format>[^{}]*))?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A(0?[1-9]?d?)?\z")]
    private static partial Regex WholeFormat();

    // Other formats can give "1e+16", and '+' has no place in a file name.
    [GeneratedRegex(@"\A0?[1-9]?\.[0-9]f\z")]
    private static partial Regex RealFormat();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex FileName();
}
