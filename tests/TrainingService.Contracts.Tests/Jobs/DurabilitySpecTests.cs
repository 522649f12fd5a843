using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class DurabilitySpecTests
{
    [Fact]
    public void Queue_priority_retries_and_checkpoints_have_defaults()
    {
        var spec = Samples.Accept(Samples.Regression()).Spec;
        Assert.Equal(("cpu", JobPriority.Normal), (spec.Queue, spec.Priority));
        Assert.Equal(new RetrySpec(), spec.Retry);
        Assert.Equal(new CheckpointSpec(EveryEpochs: 1, EverySeconds: null, KeepBest: 1, KeepLatest: 2), spec.Checkpoint);
        Assert.Equal(new StoppingSpec(), spec.Stopping);
        Assert.Null(spec.MetricsEverySteps);
    }

    [Theory]
    [InlineData("auto", "cpu")]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "gpu")]
    [InlineData("cuda:1", "gpu")]
    public void The_queue_follows_from_the_device(string device, string queue)
    {
        Assert.Equal(queue, Samples.Accept(Samples.Regression().With("/resources", $$"""{"device": "{{device}}"}""")).Spec.Queue);
        Assert.Equal("night-1", Samples.Accept(Samples.Regression().With("/resources", $$"""{"device": "{{device}}"}""").With("/queue", "\"night-1\"")).Spec.Queue);
    }

    [Fact]
    public void What_was_asked_for_is_written_and_read_again()
    {
        var job = Samples.Regression()
            .With("/queue", "\"gpu\"").With("/priority", "\"high\"").With("/retry", """{"max_attempts": 7}""")
            .With("/checkpoint", """{"every_epochs": 2, "every_seconds": 30, "keep_best": 0, "keep_latest": 5}""")
            .With("/stopping", """{"max_runtime_seconds": 10, "max_pending_seconds": 20, "max_silence_seconds": 30}""")
            .With("/metrics_every_steps", "100");

        var spec = Samples.Accept(job).Spec;

        Assert.Equal(("gpu", JobPriority.High, 7, 100), (spec.Queue, spec.Priority, spec.Retry!.MaxAttempts, spec.MetricsEverySteps));
        Assert.Equal((new CheckpointSpec(2, 30, 0, 5), new StoppingSpec(10, 20, 30)), (spec.Checkpoint, spec.Stopping));
        var json = JsonSerializer.Serialize(spec, ContractsJson.Options);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<JobSpec>(json, ContractsJson.Options), ContractsJson.Options));
        Assert.Contains("\"priority\":\"high\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/queue", "\"GPU\"")]
    [InlineData("/queue", "\"\"")]
    [InlineData("/queue", "\"1st\"")]
    [InlineData("/queue", "\"a234567890123456789012345678901234567890x\"")]
    [InlineData("/priority", "\"urgent\"")]
    [InlineData("/retry", """{"max_attempts": 0}""")]
    [InlineData("/checkpoint", """{"keep_latest": 0}""")]
    [InlineData("/checkpoint", """{"keep_best": 11}""")]
    [InlineData("/checkpoint", """{"every_epochs": 0}""")]
    [InlineData("/checkpoint", """{"keep": 3}""")]
    [InlineData("/stopping", """{"max_pending_seconds": 0}""")]
    [InlineData("/metrics_every_steps", "0")]
    public void What_is_out_of_range_is_refused_where_it_stands(string field, string value)
    {
        var violation = Samples.RefuseOne(Samples.Regression().With(field, value));

        Assert.StartsWith(field, violation.Pointer, StringComparison.Ordinal);
        Assert.Contains("expected", violation.Message, StringComparison.OrdinalIgnoreCase);
    }
}
