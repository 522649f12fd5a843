using System.Diagnostics;
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
    public async Task A_killed_trainer_costs_an_attempt_and_the_next_one_succeeds()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 150, Ct);

        WorkerProcess.Signal(await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker), "KILL");
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Succeeded, 2, 150), (job.Status, job.Attempt, job.Epoch));
        AssertGapless(events);
        Assert.Contains(events, e => e.Type == EventTypes.Status && e.Data.GetProperty("reason").GetString() == "the trainer died with exit code 137");
    }

    [Fact]
    public async Task A_trainer_that_dies_again_and_again_ends_the_job_as_poison_with_what_it_said()
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
        AssertGapless(events);
        Assert.Contains(await service.ArtifactsOfAsync(id, Ct), artifact => artifact is { Name: "trainer.log", Kind: "log", Attempt: 3 });
        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);
    }

    [Fact]
    public async Task When_a_worker_dies_its_trainer_goes_and_another_worker_ends_the_job()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var first = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 150, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, first));

        first.Kill();
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
            await trainer.WaitForExitAsync(limit.Token);
        await using var second = service.StartWorker();
        var events = await service.WaitForEndAsync(id, Ct, second);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Succeeded, 2), (job.Status, job.Attempt));
        AssertGapless(events);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing_more_and_ends_its_trainer()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var first = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 100_000, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, first));

        first.Signal("STOP");
        await using var second = service.StartWorker();
        await service.WaitForAsync(id, e => e.Type == EventTypes.EpochBegin && e.Attempt == 2, Ct, second);
        first.Signal("CONT");
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10)))
            await trainer.WaitForExitAsync(limit.Token);
        await service.Store.CancelAsync(id, Ct);
        var events = await service.WaitForEndAsync(id, Ct, second);

        var secondBegins = events.First(e => e.Attempt == 2).Seq;
        Assert.DoesNotContain(events, e => e.Attempt == 1 && e.Seq > secondBegins);
        AssertGapless(events);
        Assert.Equal((JobStatus.Cancelled, 2), ((await service.ReadAsync(id, Ct)).Status, (await service.ReadAsync(id, Ct)).Attempt));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_is_told_to_stop_hands_its_job_back_and_no_attempt_is_burnt(bool bySignal)
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = new WorkerProcess(service.Environment, "--exit-with-parent");
        var id = await service.SubmitAsync(epochs: 100_000, Ct);
        await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        if (bySignal)
            worker.Signal("TERM");
        else
            worker.CloseStdin();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        Assert.True(await worker.WaitForExitAsync(limit.Token) == 0, worker.Log);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Queued, 1, 1), (job.Status, job.Attempt, job.UncountedAttempts));
        Assert.Null(WorkerProcess.TrainerOf(id));
        await using var next = service.StartWorker();
        await service.WaitForTrainerAsync(id, attempt: 2, Ct, next);
    }

    private static void AssertGapless(IReadOnlyList<JobEvent> events) =>
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
}
