using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests;

/// <summary>Data sets that were ingested: a table in two versions, texts, pictures of different sizes, sequences.</summary>
internal static class StoredSamples
{
    public static IReadOnlyList<DatasetInfo> Datasets { get; } =
    [
        Stored("houses", 1, 400, Number("area"), Number("rooms"), Number("price", ColumnRole.Label)),
        Stored(
            "houses", 2, 500, Number("area"), Number("rooms"), new ColumnInfo("district", ColumnRole.Ignored, "string", new Shape()), Number("sold", ColumnRole.Time),
            new ColumnInfo("key", ColumnRole.Id, "string", new Shape()), Number("price", ColumnRole.Label),
            new ColumnInfo("kind", ColumnRole.Ignored, "int64", new Shape(), ["flat", "house", "villa"])),
        Stored("weighted", 1, 100, Number("x"), Number("w", ColumnRole.Weight), Label("label", 4)),
        Stored("reviews", 1, 1_000, new ColumnInfo("text", ColumnRole.Feature, "string", new Shape()), Label("label", 2)),
        Stored("flowers", 1, 300, new ColumnInfo("image", ColumnRole.Feature, "uint8", new Shape(null, null, 3), Encoding: ColumnInfo.ImageEncoding), Label("label", 5)),
        Stored("steps", 1, 200, new ColumnInfo("sequence", ColumnRole.Feature, "int64", new Shape((long?)null)), Label("label", 3)),
    ];

    /// <summary>A Sequential model of these layers over a data set.</summary>
    public static JsonObject Job(string dataset, string loss, params IEnumerable<string> layers) => Samples.Parse($$"""
        {
          "model": {"class_name": "Sequential", "config": {"layers": [{{string.Join(", ", layers)}}]} },
          "compile": {"loss": "{{loss}}"},
          "data": {"train": {"dataset": "{{dataset}}"} }
        }
        """);

    public static JsonObject Houses() => Job("houses", "mse", Dense(8), Dense(1));

    /// <summary>Two inputs that are joined, and two outputs.</summary>
    public static JsonObject Several() => Samples.Parse("""
        {
          "model": {"class_name": "Functional", "config": {"name": "several", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 2], "name": "sizes"}, "name": "sizes", "inbound_nodes": []},
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 50], "name": "place"}, "name": "place", "inbound_nodes": []},
            {"class_name": "Concatenate", "config": {"name": "both"}, "name": "both", "inbound_nodes": [[["sizes", 0, 0, {}], ["place", 0, 0, {}]]]},
            {"class_name": "Dense", "config": {"name": "price", "units": 1}, "name": "price", "inbound_nodes": [[["both", 0, 0, {}]]]},
            {"class_name": "Dense", "config": {"name": "kind", "units": 3, "activation": "softmax"}, "name": "kind", "inbound_nodes": [[["both", 0, 0, {}]]]}],
            "input_layers": [["sizes", 0, 0], ["place", 0, 0]], "output_layers": [["price", 0, 0], ["kind", 0, 0]]}},
          "compile": {"loss": {"price": "mse", "kind": "sparse_categorical_crossentropy"}, "metrics": {"kind": ["accuracy"]}},
          "data": {"train": {"dataset": "houses@2", "features": {"place": "district", "sizes": ["area", "rooms"]}, "labels": {"kind": "kind", "price": "price"},
            "pipeline": [
              {"map": {"layer": {"class_name": "Normalization", "config": {}}, "on": "sizes"}},
              {"map": {"layer": {"class_name": "StringLookup", "config": {"max_tokens": 50, "pad_to_max_tokens": true, "output_mode": "one_hot"}}, "on": "district"}},
              {"batch": {"batch_size": 16}}]},
            "split": {"validation": 0.2, "test": 0.1}},
          "fit": {"callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "val_kind_loss"}}]}
        }
        """);

    public static string Dense(int units) => $$"""{"class_name": "Dense", "config": {"units": {{units}} } }""";

    public static JobSubmission Accept(JsonNode job)
    {
        var submission = JobSubmission.TryRead(Samples.Element(job), Datasets, out var violations);
        Assert.Empty(violations);
        return submission!;
    }

    public static Violation RefuseOne(JsonNode job)
    {
        Assert.Null(JobSubmission.TryRead(Samples.Element(job), Datasets, out var violations));
        return Assert.Single(violations);
    }

    private static ColumnInfo Number(string name, ColumnRole role = ColumnRole.Feature) => new(name, role, "float64", new Shape());

    private static ColumnInfo Label(string name, int classes) => new(name, ColumnRole.Label, "int64", new Shape(), [.. Enumerable.Range(0, classes).Select(number => $"class {number}")]);

    private static DatasetInfo Stored(string name, int version, long rows, params ColumnInfo[] columns) => DatasetInfo.Of(
        name, version, "", new DatasetSchema(columns, new Dictionary<string, long> { ["train"] = rows, ["test"] = rows / 10 }, DatasetFormat.Parquet),
        [new DatasetFile("train.0.bin", new string('a', 64), rows * 8)]);
}
