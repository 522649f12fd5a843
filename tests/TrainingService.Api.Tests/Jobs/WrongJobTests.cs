using System.Text;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>Whatever is wrong with a job: a 400 that says where and why, and nothing stored.</summary>
public sealed class WrongJobTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Layers = "/model/config/layers";
    private const string LargeKernel = """{"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [30, 30]}}""";

    /// <summary>What is changed in the tutorial's job, where the complaint must point, its code, and what it must mention.</summary>
    public static TheoryData<string, string, string, string, string, string> Wrong => new()
    {
        { "misspelt field", "/compile/optimzer", "\"adam\"", "/compile/optimzer", ViolationCodes.UnknownField, "optimizer" },
        { "unknown layer", $"{Layers}/1/class_name", "\"Conv2DD\"", $"{Layers}/1/class_name", ViolationCodes.UnknownClass, "Conv2D" },
        { "shape conflict", $"{Layers}/5", LargeKernel, $"{Layers}/5", ViolationCodes.ShapeConflict, "Received" },
        { "label shape against loss", "/compile/loss", "\"categorical_crossentropy\"", "/compile/loss", ViolationCodes.ShapeConflict, "10" },
        { "unknown data set", "/data/train/dataset", "\"mnits\"", "/data/train/dataset", ViolationCodes.UnknownDataset, "mnist" },
        { "unknown split", "/data/validation/split", "\"tset\"", "/data/validation/split", ViolationCodes.UnknownSplit, "test" },
        { "no epochs", "/fit/epochs", "0", "/fit/epochs", ViolationCodes.OutOfRange, "0" },
        { "a billion units", $"{Layers}/6/config/units", "1000000000", $"{Layers}/6", ViolationCodes.TooLarge, "at most 4 GiB" },
        { "a batch that does not fit", "/data/train/pipeline/4/batch/batch_size", "100000", Layers, ViolationCodes.TooLarge, "A batch_size of" },
        { "a text for a number", "/fit/epochs", "\"ten\"", "/fit/epochs", ViolationCodes.WrongType, "ten" },
        { "a number past every float", "/compile/optimizer/config/learning_rate", "1e999", "/compile/optimizer/config/learning_rate", ViolationCodes.NotFinite, "1e999" },
        { "NUL in a name", "/name", "\"a\\u0000b\"", "/name", ViolationCodes.InvalidText, "" },
        { "half a character", "/name", "\"\\ud800\"", "/name", ViolationCodes.InvalidText, "" },
        { "unknown callback", "/fit/callbacks/0/class_name", "\"EarlyStoping\"", "/fit/callbacks/0/class_name", ViolationCodes.UnknownClass, "EarlyStopping" },
        { "unknown monitor", "/fit/callbacks/0/config/monitor", "\"val_los\"", "/fit/callbacks/0/config/monitor", ViolationCodes.UnknownMonitor, "val_loss" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_job_is_refused_with_pointer_and_reason_and_nothing_is_stored(
        string what, string changed, string value, string pointer, string code, string mentions)
    {
        Assert.NotEmpty(what);
        var before = await service.CountJobsAsync();
        // As text, because some of it is no value that a JSON library would write.
        var body = ServiceFixture.Job((changed, "@@@")).ToJsonString().Replace("\"@@@\"", value, StringComparison.Ordinal);

        foreach (var path in new[] { "/v1/jobs", "/v1/jobs:validate" })
        {
            var problem = await ServiceFixture.ProblemAsync(await PostTextAsync(path, body), HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", problem.Code);
            var violation = Assert.Single(problem.Errors!, error => error.Code == code);
            Assert.StartsWith(pointer, violation.Pointer, StringComparison.Ordinal);
            Assert.Contains(mentions, $"{violation.Message} {violation.Hint}", StringComparison.Ordinal);
        }
        Assert.Equal(before, await service.CountJobsAsync());
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var job = ServiceFixture.Job(("/compile/optimzer", "adam"), ("/fit/epochs", 0), ("/data/train/dataset", "mnits"), ($"{Layers}/6/config/units", -1));

        var problem = await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/jobs", job), HttpStatusCode.BadRequest);

        var pointers = problem.Errors!.Select(error => error.Pointer).ToArray();
        Assert.Superset(new HashSet<string> { "/compile/optimzer", "/fit/epochs", "/data/train/dataset", $"{Layers}/6/config/units" }, pointers.ToHashSet());
    }

    [Theory]
    [InlineData("{\"model\": {\"config\": [1, 2,, 3]}}", "/model/config", 1)]
    [InlineData("{\n  \"compile\": {\n    \"loss\": mse\n  }\n}", "/compile/loss", 3)]
    [InlineData("{\"a\": 1", "", 1)]
    [InlineData("", "", null)]
    [InlineData("not json", "", 1)]
    public async Task Malformed_json_is_refused_at_its_place(string body, string pointer, int? line)
    {
        var before = await service.CountJobsAsync();

        var problem = await ServiceFixture.ProblemAsync(await PostTextAsync("/v1/jobs", body), HttpStatusCode.BadRequest);

        Assert.Equal("malformed_json", problem.Code);
        var violation = Assert.Single(problem.Errors!);
        Assert.StartsWith(pointer, violation.Pointer, StringComparison.Ordinal);
        if (line is not null)
            Assert.Contains($"line {line},", violation.Message, StringComparison.Ordinal);
        Assert.Equal(before, await service.CountJobsAsync());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("42")]
    [InlineData("\"job\"")]
    [InlineData("{}")]
    [InlineData("{\"model\": null, \"compile\": [], \"data\": \"mnist\"}")]
    public async Task Json_that_is_no_job_is_refused(string body)
    {
        var problem = await ServiceFixture.ProblemAsync(await PostTextAsync("/v1/jobs", body), HttpStatusCode.BadRequest);
        Assert.NotEmpty(problem.Errors!);
    }

    [Fact]
    public async Task Json_of_a_thousand_levels_is_refused()
    {
        var body = string.Concat(Enumerable.Repeat("{\"model\":", 1_000)) + "1" + new string('}', 1_000);
        var problem = await ServiceFixture.ProblemAsync(await PostTextAsync("/v1/jobs", body), HttpStatusCode.BadRequest);
        Assert.NotEmpty(problem.Errors!);
    }

    private async Task<HttpResponseMessage> PostTextAsync(string path, string body) =>
        await service.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}
