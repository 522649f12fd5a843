using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>Tests that start processes take turns: the machine's cores are the trainers'.</summary>
[CollectionDefinition(nameof(ProcessTests), DisableParallelization = true)]
public sealed class ProcessTests;

[Collection(nameof(ProcessTests))]
public sealed class CrashTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F10_a_trainer_that_is_killed_again_and_again_ends_the_job_as_poison_with_what_it_said()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 100_000, Ct);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var trainer = await service.WaitForTrainerAsync(id, attempt, Ct, worker);
            // As libtorch goes: last words on stderr, then the end. (An abort from outside is handled by the runtime; a kill is not.)
            await File.WriteAllTextAsync($"/proc/{trainer}/fd/2", $"terminate called, time {attempt}\n", Ct);
            WorkerProcess.Signal(trainer, "KILL");
        }
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Poison, 3), (job.Status, job.StopReason, job.Attempt));
        var message = job.Error!.RootElement.GetProperty("message").GetString();
        Assert.Contains("exit code 137", message);
        Assert.Contains("terminate called, time 3", message);
        Assert.Contains(events, e => e.Type == EventTypes.Log && e.Attempt == 1 && e.Data.GetProperty("message").GetString() == "terminate called, time 1");
        Series.AssertGapless(events);
        Assert.Contains(await service.ArtifactsOfAsync(id, Ct), artifact => artifact is { Name: "trainer.log", Kind: "log", Attempt: 3 });
        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);
    }

    [Fact]
    public async Task A_worker_whose_parent_is_gone_hands_its_job_back_and_no_attempt_is_burnt()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = new WorkerProcess(service.Environment, "--exit-with-parent");
        var id = await service.SubmitAsync(epochs: 100_000, Ct);
        await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        worker.CloseStdin();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.True(await worker.WaitForExitAsync(limit.Token) == 0, worker.Log);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Queued, 1, 1), (job.Status, job.Attempt, job.UncountedAttempts));
        Assert.Null(WorkerProcess.TrainerOf(id));
        await using var next = service.StartWorker();
        await service.WaitForTrainerAsync(id, attempt: 2, Ct, next);
    }
}
