using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests;

/// <summary>The documents and data sets that the tests read.</summary>
internal static class Samples
{
    public static DatasetInfo Mnist { get; } = new(
        "mnist", "Handwritten digits", new Dictionary<string, long> { ["train"] = 60_000, ["test"] = 10_000 },
        new Shape(28, 28), "uint8", new Shape(), "uint8", 10, "CC BY-SA 3.0", "yann.lecun.com");

    public static DatasetInfo Housing { get; } = new(
        "housing", "House prices", new Dictionary<string, long> { ["train"] = 400, ["test"] = 100 },
        new Shape(8), "float32", new Shape(1), "float32", null, "CC0", "somewhere");

    public static DatasetInfo OneHot { get; } = new(
        "one_hot", "Points of three classes", new Dictionary<string, long> { ["train"] = 90 },
        new Shape(4), "float32", new Shape(3), "float32", 3, "CC0", "somewhere");

    public static IReadOnlyList<DatasetInfo> Datasets { get; } = [Mnist, Housing, OneHot];

    public static JsonObject MnistCnn() => Example("mnist-cnn.json");

    public static JsonObject Example(string name) => File("Examples", name);

    public static JsonObject Conformance(string name) => File("Conformance", name);

    /// <summary>A small job: rows of eight numbers, one number to predict.</summary>
    public static JsonObject Regression() => Parse("""
        {
          "model": {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "Dense", "config": {"units": 16, "activation": "relu"}},
            {"class_name": "Dense", "config": {"units": 1}}]}},
          "compile": {"loss": "mse", "metrics": ["mae"]},
          "data": {"train": {"dataset": "housing"}, "validation": {"dataset": "housing", "split": "test"}}
        }
        """);

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    public static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString());

    public static JsonElement Raw(string json) => JsonElement.Parse(json);

    /// <summary>Reads a job that must be right.</summary>
    public static JobSubmission Accept(JsonNode job)
    {
        var submission = JobSubmission.TryRead(Element(job), Datasets, out var violations);
        Assert.Empty(violations);
        return submission!;
    }

    /// <summary>Reads a job that must be wrong.</summary>
    public static IReadOnlyList<Violation> Refuse(JsonNode job) => Refuse(Element(job));

    public static IReadOnlyList<Violation> Refuse(JsonElement job)
    {
        Assert.Null(JobSubmission.TryRead(job, Datasets, out var violations));
        Assert.NotEmpty(violations);
        return violations;
    }

    /// <summary>Reads a job that must have exactly one thing wrong with it.</summary>
    public static Violation RefuseOne(JsonNode job) => Assert.Single(Refuse(job));

    /// <summary>Changes one place of a document, given by its JSON pointer.</summary>
    public static JsonObject With(this JsonObject document, string pointer, JsonNode? value)
    {
        var (parent, last) = Parent(document, pointer);
        if (parent is JsonArray array)
            array[int.Parse(last)] = value;
        else
            parent[last] = value;
        return document;
    }

    public static JsonObject With(this JsonObject document, string pointer, string json) => document.With(pointer, JsonNode.Parse(json));

    public static JsonObject Without(this JsonObject document, string pointer)
    {
        var (parent, last) = Parent(document, pointer);
        if (parent is JsonArray array)
            array.RemoveAt(int.Parse(last));
        else
            parent.AsObject().Remove(last);
        return document;
    }

    private static (JsonNode Parent, string Last) Parent(JsonObject document, string pointer)
    {
        var segments = pointer.Split('/')[1..];
        JsonNode node = document;
        foreach (var segment in segments[..^1])
            node = node is JsonArray array ? array[int.Parse(segment)]! : node[segment]!;
        return (node, segments[^1]);
    }

    private static JsonObject File(string folder, string name) =>
        Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, name)));
}
