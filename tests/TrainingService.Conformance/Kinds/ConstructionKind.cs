using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Conformance.Kinds;

/// <summary>
/// Whether a callback can be made at all: where Keras's constructor raises, a job with it must be refused when it is submitted. Files that Keras
/// writes as HDF5 or zip are safetensors here, so that the rules of their names are looked at with that ending.
/// </summary>
internal static class ConstructionKind
{
    private static readonly DatasetInfo Rows = new(
        "rows", "", new Dictionary<string, long> { ["train"] = 64, ["test"] = 32 }, new Shape(4), "float32", new Shape(1), "float32", null, "", "");

    public static void Check(ConformanceCase given, bool accepted)
    {
        var config = JsonNode.Parse(given["config"].GetRawText())!.AsObject();
        if (config["filepath"] is { } path)
            config["filepath"] = AsSafetensors((string)path!);
        var callback = new JsonObject { ["class_name"] = given["class_name"].GetString(), ["config"] = config };

        JobSubmission.TryRead(Job(callback), [Rows], out var violations);

        ConformanceCase.Same(accepted, violations.Count == 0, $"accepted ({string.Join("; ", violations.Select(violation => violation.Message))})");
    }

    private static string AsSafetensors(string path) =>
        path.EndsWith(".keras", StringComparison.Ordinal) || path.EndsWith(".h5", StringComparison.Ordinal) ? Path.ChangeExtension(path, ".safetensors") : path;

    private static JsonElement Job(JsonObject callback)
    {
        var job = JsonNode.Parse("""
            {
              "model": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]}},
              "compile": {"loss": "mse", "metrics": ["accuracy"]},
              "data": {"train": {"dataset": "rows"}, "validation": {"dataset": "rows", "split": "test"}}
            }
            """)!;
        job["fit"] = new JsonObject { ["callbacks"] = new JsonArray(callback) };
        return JsonSerializer.SerializeToElement(job);
    }
}
