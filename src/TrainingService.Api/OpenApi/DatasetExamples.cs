using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Api.OpenApi;

/// <summary>A data set of houses, from its first request to its statistics.</summary>
internal static class DatasetExamples
{
    private const string Name = "houses";
    private static readonly DateTimeOffset At = new(2026, 1, 15, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid UploadId = new("7d0a1b2c-3d4e-4f60-8a9b-0c1d2e3f4a5b");
    private static readonly string Digest = new('d', 64);
    private static readonly Dictionary<string, long> Splits = new() { ["train"] = 16_512, ["test"] = 4_128 };

    private static readonly ColumnInfo[] Columns =
    [
        new("rooms", ColumnRole.Feature, "float32", new Shape(), Statistics: new ColumnStatistics(16_512, 0, 1, 34, 5.43, 2.47, 34)),
        new("age", ColumnRole.Feature, "float32", new Shape(), Statistics: new ColumnStatistics(16_512, 12, 1, 52, 28.6, 12.6, 52)),
        new("price", ColumnRole.Label, "float32", new Shape(), Statistics: new ColumnStatistics(16_512, 0, 14_999, 500_001, 206_856, 115_395, 3_842)),
    ];

    private static readonly ColumnInfo[] PlainColumns = [.. Columns.Select(column => column with { Statistics = null })];

    public static IEnumerable<(Type Type, IReadOnlyDictionary<string, JsonNode> Bodies)> Bodies()
    {
        yield return (typeof(DatasetRequest), new Dictionary<string, JsonNode>
        {
            ["uploads"] = JsonNode.Parse($$$"""{"name": "{{{Name}}}", "description": "Prices of houses", "uploads": ["{{{UploadId}}}"], "options": {"label": "price"}}""")!,
            ["address"] = JsonNode.Parse($$$"""{"name": "{{{Name}}}", "url": "https://data.example.com/houses.parquet", "options": {"label": "price"}}""")!,
            ["by-name"] = JsonNode.Parse("""{"name": "fashion_mnist"}""")!,
        });
        yield return (typeof(UploadRequest), new Dictionary<string, JsonNode> { ["file"] = Node(new UploadRequest("houses.csv", 1_423_529, Digest)) });
    }

    public static IEnumerable<(Type Type, object Answer)> Answers()
    {
        var info = DatasetInfo.Of(Name, 2, "Prices of houses", new DatasetSchema(PlainColumns, Splits, DatasetFormat.Csv), [], "CC0") with { Fingerprint = Digest, SizeBytes = 247_680 };
        var dataset = new DatasetResponse(Name, "Prices of houses", BuiltIn: false, 2, 2, At.AddDays(-1), At.AddSeconds(4), info);
        var version = new DatasetVersionResponse(
            Name, 2, DatasetStatus.Ready, DatasetFormat.Csv, At, At.AddSeconds(4), Splits, PlainColumns, 247_680, Digest, null, new IngestProgressMessage(20_640, 1_423_529, 1_423_529), 1,
            new IngestOptions(Label: new ColumnNames(["price"])), [new DatasetFile("houses.csv", Digest, 1_423_529)]);
        var progress = new DatasetEvent(3, Name, 2, 1, DatasetEventTypes.Progress, At.AddSeconds(2), JsonSerializer.SerializeToElement(
            new IngestProgressMessage(10_000, 689_000, 1_423_529), ContractsJson.Options));
        yield return (typeof(Page<DatasetResponse>), new Page<DatasetResponse>([dataset], null));
        yield return (typeof(DatasetResponse), dataset);
        yield return (typeof(DatasetVersionResponse), version);
        yield return (typeof(IReadOnlyList<DatasetVersionResponse>), new[] { version });
        yield return (typeof(IReadOnlyList<ColumnInfo>), Columns);
        yield return (typeof(DatasetEvent), progress);
        yield return (typeof(Page<DatasetEvent>), new Page<DatasetEvent>([progress], "3"));
        yield return (typeof(DatasetPreview), new DatasetPreview("train", 0, 16_512, [.. Columns.Select(column => column.Name)],
            [[.. new[] { 5.0, 41, 452_600 }.Select(value => JsonSerializer.SerializeToElement(value))]]));
        yield return (typeof(UploadResponse), new UploadResponse(UploadId, "houses.csv", 1_423_529, Digest, 1_048_576, Complete: false, At, At.AddDays(1)));
    }

    private static JsonNode Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), ContractsJson.Options)!;
}
