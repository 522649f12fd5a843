using System.Text.Json.Nodes;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>The quick example, made smaller.</summary>
internal static class SmallJob
{
    public static string Of(int rows, int epochs)
    {
        var job = JsonNode.Parse(File.ReadAllText(Repository.Example("mnist-quick.json")))!;
        var pipeline = job["data"]!["train"]!["pipeline"]!.AsArray();
        pipeline[0]!["take"]!["count"] = rows;
        foreach (var split in new[] { "validation", "test" })
        {
            // The training pipeline without its shuffle, on the first rows of the test split.
            var steps = pipeline.Where(step => step!["shuffle"] is null).Select(step => step!.DeepClone()).ToArray();
            steps[0]!["take"]!["count"] = 1_000;
            job["data"]![split]!["pipeline"] = new JsonArray(steps);
        }
        job["fit"]!["epochs"] = epochs;
        job["fit"]!["callbacks"] = new JsonArray();
        return job.ToJsonString();
    }
}
