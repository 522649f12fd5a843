using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Testing;

namespace TrainingService.Benchmarks;

/// <summary>The quick example's network on a few rows: what is left is the service's own time.</summary>
internal static class TinyJob
{
    private const int BatchSize = 32;

    /// <param name="name">Name of the job.</param>
    /// <param name="trainRows">Rows per epoch.</param>
    /// <param name="epochs">How many.</param>
    public static JsonElement Of(string name, int trainRows, int epochs)
    {
        var job = JsonNode.Parse(File.ReadAllText(Repository.Example("mnist-quick.json")))!.AsObject();
        job["name"] = name;
        job["fit"] = new JsonObject { ["epochs"] = epochs };
        job["data"] = new JsonObject
        {
            ["train"] = Source("train", trainRows, new JsonObject { ["shuffle"] = new JsonObject { ["buffer_size"] = trainRows } }),
            ["validation"] = Source("test", 64),
            ["test"] = Source("test", 64),
        };
        return JsonSerializer.SerializeToElement(job);
    }

    private static JsonObject Source(string split, int rows, params JsonNode[] beforeBatch) => new()
    {
        ["dataset"] = "mnist",
        ["split"] = split,
        ["pipeline"] = new JsonArray(
        [
            Step("take", "count", rows),
            Map("Rescaling", "scale", 1 / 255.0),
            Map("Reshape", "target_shape", new JsonArray(28, 28, 1)),
            .. beforeBatch,
            Step("batch", "batch_size", BatchSize),
        ]),
    };

    private static JsonObject Step(string name, string member, JsonNode value) => new() { [name] = new JsonObject { [member] = value } };

    private static JsonObject Map(string layer, string member, JsonNode value) =>
        new() { ["map"] = new JsonObject { ["class_name"] = layer, ["config"] = new JsonObject { [member] = value } } };
}
