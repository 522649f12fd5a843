using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Engine.Checkpoints;

/// <summary>What a run is, as far as its numbers depend on it: a checkpoint is for the same run, and says what differs where it is another.</summary>
internal static class RunIdentity
{
    private const int MostDifferences = 3;

    private static readonly string[] OfSameRun = ["model", "compile", "data", "fit", "seed", "resources"], OfContinuedRun = ["model", "compile"];

    /// <summary>The identity of a plan's run.</summary>
    public static JsonObject Of(TrainerPlan plan)
    {
        var spec = JsonNode.Parse(JsonSerializer.Serialize(plan.Spec, ContractsJson.Options))!.AsObject();
        var identity = new JsonObject { ["threads"] = plan.Threads };
        foreach (var part in OfSameRun)
            identity[part] = spec[part]?.DeepClone();
        return identity;
    }

    /// <summary>Compares a checkpoint's identity with the run's.</summary>
    /// <param name="found">The checkpoint's.</param>
    /// <param name="own">The run's.</param>
    /// <param name="continues">Whether the run goes on behind another one, with which it shares model and compilation only.</param>
    /// <exception cref="CheckpointException">They differ.</exception>
    public static void Check(JsonObject found, JsonObject own, bool continues)
    {
        var differences = (continues ? OfContinuedRun : OfSameRun).SelectMany(part => Differences($"/{part}", own[part], found[part])).Take(MostDifferences).ToList();
        if (differences.Count > 0)
            throw new CheckpointException($"expected a checkpoint of this run. Received: that of another one, in which {string.Join("; ", differences)}.");
    }

    private static IEnumerable<string> Differences(string path, JsonNode? own, JsonNode? found) => (own, found) switch
    {
        // A field that the checkpoint does not have came with a later version of the service, which gives it its default.
        (JsonObject first, JsonObject second) => second.SelectMany(member => Differences($"{path}/{member.Key}", first[member.Key], member.Value)),
        (JsonArray first, JsonArray second) when first.Count == second.Count => first.Zip(second).SelectMany((pair, index) => Differences($"{path}/{index}", pair.First, pair.Second)),
        _ when JsonNode.DeepEquals(own, found) => [],
        _ => [$"{path} is {Short(found)} instead of {Short(own)}"],
    };

    private static string Short(JsonNode? value) => value?.ToJsonString() is { } text ? text.Length > 60 ? $"{text[..60]}…" : text : "null";
}
