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

    /// <summary>A graph: shared and nested layers, an operation, arguments by name, and two outputs of which one learns.</summary>
    public static JsonObject Graph() => Parse("""
        {
          "model": {"module": "keras", "class_name": "Functional", "config": {"name": "graph", "trainable": true, "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 8], "name": "x"}, "name": "x", "inbound_nodes": []},
            {"class_name": "Dense", "config": {"name": "shared", "units": 8}, "name": "shared", "inbound_nodes": [
              {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32", "keras_history": ["x", 0, 0]}}], "kwargs": {}},
              {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32", "keras_history": ["shared", 0, 0]}}], "kwargs": {}}]},
            {"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {"name": "twice"}, "name": "twice", "inbound_nodes": [
              {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32", "keras_history": ["shared", 1, 0]}}, 2.0], "kwargs": {}}]},
            {"class_name": "Functional", "config": {"name": "inner", "layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 8], "name": "i"}, "name": "i", "inbound_nodes": []},
              {"class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [[["i", 0, 0, {}]]]}],
              "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}, "name": "inner", "inbound_nodes": [
              {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32", "keras_history": ["twice", 0, 0]}}], "kwargs": {"training": false}}]},
            {"class_name": "Concatenate", "config": {"name": "both"}, "name": "both", "inbound_nodes": [
              {"args": [[{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["inner", 0, 0]}},
                         {"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32", "keras_history": ["twice", 0, 0]}}]], "kwargs": {}}]},
            {"class_name": "Dense", "config": {"name": "price", "units": 1}, "name": "price", "inbound_nodes": [
              {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 12], "dtype": "float32", "keras_history": ["both", 0, 0]}}], "kwargs": {}}]}],
            "input_layers": ["x", 0, 0], "output_layers": {"price": ["price", 0, 0], "code": ["inner", 1, 0]}}},
          "compile": {"loss": {"price": "mse", "code": null}, "metrics": {"price": ["mae"]}, "loss_weights": {"price": 0.5}},
          "data": {"train": {"dataset": "housing"}, "validation": {"dataset": "housing", "split": "test"}},
          "fit": {"callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "val_price_mae", "mode": "min"}}]}
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
