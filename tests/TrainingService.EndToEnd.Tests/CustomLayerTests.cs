using System.Text.Json.Nodes;
using TrainingService.Client;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>Layers of the operator's own, through the whole service.</summary>
public sealed class CustomLayerTests
{
    private const string Specs = "TrainingService.Samples.CustomLayers", Modules = "TrainingService.Samples.CustomLayers.Modules";

    private static readonly string[] Extensions =
        ["--Extensions:Specs:0", Repository.TestAssembly(Specs), "--Extensions:Modules:0", Repository.TestAssembly(Modules)];

    private static JsonNode Job() => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", Specs, "job.json")))!;

    [Fact]
    public async Task A_job_trains_the_registered_layer_and_another_one_the_registered_model()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(4));
        var ct = limit.Token;
        await using var service = await ServiceProcess.StartAsync(arguments: Extensions, ct: ct);
        var whole = Job();
        whole["model"] = JsonNode.Parse("""{"class_name": "ResidualClassifier", "config": {"classes": 10, "blocks": 1}, "registered_name": "sample>ResidualClassifier"}""");

        foreach (var job in new[] { Job(), whole })
        {
            var id = (await service.Client.Jobs.SubmitAsync(job.ToJsonString(), ct)).Id;
            var ended = await service.Client.Jobs.WaitAsync(id, ct);
            Assert.True(ended.Status == JobStatus.Succeeded, $"{ended.Status} {ended.Error?.Message}\n{service.Log}");
            var epochs = (await service.Client.Jobs.MetricsAsync(id, ct)).Epochs;
            Assert.True(epochs[^1].Logs["loss"] < epochs[0].Logs["loss"]);
        }
    }

    [Fact]
    public async Task A_service_that_does_not_know_the_layer_refuses_the_job_by_its_name()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await ServiceProcess.StartAsync(ct: ct);
        var refused = await Assert.ThrowsAsync<TrainingServiceException>(() => service.Client.Jobs.SubmitAsync(Job().ToJsonString(), ct));
        var violation = Assert.Single(refused.Problem.Errors!);
        Assert.Equal("/model/config/layers/3/registered_name", violation.Pointer);
        Assert.Contains("sample>ScaledResidual", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_path_ends_the_service_at_its_start_with_one_sentence()
    {
        var ended = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServiceProcess.StartAsync(arguments: ["--Extensions:Specs:0", "/nothing/here.dll"], ct: TestContext.Current.CancellationToken));
        Assert.Contains("Extensions:Specs: expected the path of an assembly. Received: /nothing/here.dll, which does not exist.", ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Message, StringComparison.Ordinal);
    }
}
