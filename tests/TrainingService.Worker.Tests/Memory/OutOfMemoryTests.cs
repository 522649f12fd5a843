using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Memory;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Memory;

[Collection(nameof(ProcessTests))]
public sealed class OutOfMemoryTests
{
    private const long MiB = 1 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Takes many times what a layer of its own is thought to: every step of the expression is kept for the way back.</summary>
    private static string Greedy => $$"""
        { "model": { "class_name": "Sequential", "config": { "layers": [
            { "class_name": "Flatten", "config": {} },
            { "class_name": "ExpressionLayer", "config": { "name": "greedy", "expression": "{{string.Join(" + ", Enumerable.Range(1, 60).Select(i => $"tanh(x * 0.{i:00})"))}}" } },
            { "class_name": "Dense", "config": { "units": 10, "activation": "softmax" } } ] } },
          "data": { "train": { "dataset": "mnist", "pipeline": [ { "map": { "class_name": "Rescaling", "config": { "scale": 0.00392156862745098 } } }, { "batch": { "batch_size": 8192 } } ] } } }
        """;

    [Fact]
    public async Task F28_D02_a_job_that_eats_more_than_it_was_thought_to_fails_once_with_what_to_do_and_the_worker_goes_on()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__MemoryPerJobBytes", $"{1200 * MiB}"));
        var id = await service.SubmitAsync(Greedy, Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.True((job.Status, job.StopReason, job.Attempt) == (JobStatus.Failed, StopReason.OutOfMemory, 1), $"{job.Status} {job.StopReason} {job.Attempt} {job.Error?.RootElement} {worker.Log}");
        var error = job.Error!.Deserialize<JobError>(ContractsJson.Options)!;
        Assert.Equal("out_of_memory", error.Code);
        Assert.Contains("The largest parts: ", error.Message);
        Assert.Contains("greedy ", error.Message);
        Assert.Contains("It may take 1.2 GiB.", error.Message);
        Assert.Matches(@"^A batch_size of \d+ should fit; it is 8192 now\.", error.Hint);
        Assert.Null(WorkerProcess.TrainerOf(id));

        var next = await service.SubmitAsync(epochs: 1, Ct);
        await service.WaitForEndAsync(next, Ct, worker);
        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(next, Ct)).Status);
    }

    [Fact]
    public async Task A_job_that_this_worker_cannot_hold_is_not_begun()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__MemoryPerJobBytes", $"{256 * MiB}"));
        var id = await service.SubmitAsync(Greedy, Ct);
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.OutOfMemory, 1), (job.Status, job.StopReason, job.Attempt));
        var error = job.Error!.Deserialize<JobError>(ContractsJson.Options)!;
        Assert.Contains("this worker has 256 MiB for a job", error.Message);
        Assert.Contains("data.train ", error.Message);
        Assert.DoesNotContain(events, e => e.Type == Contracts.Events.EventTypes.Model);
    }

    [Fact]
    public async Task A_trainer_that_reaches_its_bound_says_so_and_has_not_taken_much_more()
    {
        var model = TrainerModels.All.Single(model => model.Name == "vgg");
        var run = await TrainerRun.RunAsync(model.Job(256), 256, model.Height, model.Width, _ => 900 * MiB, Ct);
        Assert.True(run.PeakBytes < 1200 * MiB, $"expected at most 1200 MiB. Received: {ByteSize.Text(run.PeakBytes)}.");
        // libtorch says it as an exception; oneDNN ends the process, and its last words say it.
        if (run.Result is null)
        {
            Assert.True(TrainerExit.IsOutOfMemory(new TrainerEnd(null, run.ExitCode), run.Log), run.Log);
            return;
        }
        Assert.Equal((StopReason.OutOfMemory, 0), (run.Result.StopReason, run.ExitCode));
        Assert.Contains("The largest parts: ", run.Result.Error!.Message);
        Assert.Matches(@"^A batch_size of \d+ should fit; it is 256 now\.", run.Result.Error.Hint);
    }

    [Fact]
    public void A_model_on_a_cuda_device_is_not_held_against_the_hosts_memory()
    {
        var options = new WorkerOptions { MemoryPerJobBytes = 64 * MiB };
        var spec = new JobSpec(null!, null!, null!);
        Assert.Equal(64 * MiB, Limit("cpu", ["cpu", "cuda:0"]));
        Assert.Equal(64 * MiB, Limit("auto", ["cpu"]));
        Assert.Null(Limit("auto", ["cpu", "cuda:0"]));
        Assert.Null(Limit("cuda:1", ["cpu"]));

        long? Limit(string device, string[] devices) => RunMemory.LimitOf(spec with { Resources = new ResourcesSpec(device) }, devices, options);
    }
}
