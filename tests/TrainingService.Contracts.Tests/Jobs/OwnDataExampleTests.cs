using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Jobs;

/// <summary>The examples with data of one's own, against data sets as their files make them.</summary>
public sealed class OwnDataExampleTests
{
    private static readonly IReadOnlyList<DatasetInfo> Datasets =
    [
        Stored("houses", DatasetFormat.Csv, new ColumnInfo("id", ColumnRole.Id, "int64", new Shape()), Number("area"), Number("rooms"), new ColumnInfo("district", ColumnRole.Feature, "string", new Shape()),
            new ColumnInfo("built", ColumnRole.Ignored, "float64", new Shape()), Number("price", ColumnRole.Label)),
        Stored("pictures", DatasetFormat.ImageFolder, new ColumnInfo("image", ColumnRole.Feature, "uint8", new Shape(96, 96, 3)), Label(5)),
        Stored("reviews", DatasetFormat.TextFolder, new ColumnInfo("text", ColumnRole.Feature, "string", new Shape()), Label(2)),
    ];

    [Theory, InlineData("houses"), InlineData("pictures"), InlineData("reviews")]
    public void Every_example_is_accepted(string name)
    {
        var dataset = ContractsJson.TryRead<DatasetRequest>(Samples.Element(Samples.Example($"own-data/{name}.dataset.json")), out var wrong);
        Assert.Empty(wrong);
        Assert.Equal(name, dataset!.Name);
        var submission = JobSubmission.TryRead(Samples.Element(Samples.Example($"own-data/{name}.job.json")), Datasets, out var violations);
        Assert.Empty(violations);
        Assert.NotNull(submission!.Spec.Data.Validation);
        Assert.Equal($"{name}@1", submission.Spec.Data.Train.Dataset);
    }

    private static ColumnInfo Number(string name, ColumnRole role = ColumnRole.Feature) => new(name, role, "float32", new Shape());

    private static ColumnInfo Label(int classes) => new("label", ColumnRole.Label, "int64", new Shape(), [.. Enumerable.Range(0, classes).Select(number => $"class {number}")]);

    private static DatasetInfo Stored(string name, DatasetFormat format, params ColumnInfo[] columns) =>
        DatasetInfo.Of(name, 1, "", new DatasetSchema(columns, new Dictionary<string, long> { ["train"] = 400, ["test"] = 100 }, format), []);
}
