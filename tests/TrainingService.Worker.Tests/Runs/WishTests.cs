using System.Diagnostics;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>What people ask of running jobs.</summary>
[Collection(nameof(ProcessTests))]
public sealed class WishTests
{
    private const string Endless = """{ "fit": { "epochs": 100000 } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_job_leaves_nothing_behind_but_its_checkpoint_and_goes_on_from_there()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        Assert.Equal(VerbOutcome.Requested, (await service.Store.PauseAsync(id, Ct)).Outcome);
        await service.WaitForAsync(id, e => IsStatus(e, "paused"), Ct, worker);
        var paused = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Paused, 1, 1), (paused.Status, paused.Attempt, paused.UncountedAttempts));
        Assert.NotNull(paused.CheckpointNumber);
        Assert.Null(WorkerProcess.TrainerOf(id));
        Assert.False(Directory.Exists(service.RunFolderOf(id)));

        await service.ResumeAsync(id, Ct);
        var events = await service.WaitForAsync(id, e => e.Type == EventTypes.EpochEnd && e.Attempt == 2, Ct, worker);
        Assert.Equal(paused.CheckpointEpoch, events.Single(e => e.Type == EventTypes.Resumed).Data.GetProperty("from_epoch").GetInt32());
        Assert.Equal(Series.Epochs(events), Series.Epochs(events).Distinct());
        Series.AssertGapless(events);
    }

    [Fact]
    public async Task A_wish_to_pause_that_is_taken_back_while_the_trainer_stops_costs_nothing()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        var trainer = await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        WorkerProcess.Signal(trainer, "STOP"); // it cannot stop by itself now
        await service.Store.PauseAsync(id, Ct);
        await worker.WaitForLogAsync("asked to pause", Ct);
        await service.Store.ResumeAsync(id, Ct);
        await worker.WaitForLogAsync("asked to go on", Ct);
        WorkerProcess.Signal(trainer, "CONT");
        var events = await service.WaitForAsync(id, e => e.Type == EventTypes.EpochEnd && e.Attempt == 2, Ct, worker);

        Assert.DoesNotContain(events, e => IsStatus(e, "paused"));
        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Running, 2, 1), (job.Status, job.Attempt, job.UncountedAttempts));
        Assert.Equal(Series.Epochs(events), Series.Epochs(events).Distinct());
    }

    [Fact]
    public async Task Cancelling_a_job_that_is_to_be_paused_cancels_it()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        var trainer = await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        WorkerProcess.Signal(trainer, "STOP");
        await service.Store.PauseAsync(id, Ct);
        await service.Store.CancelAsync(id, Ct);
        await worker.WaitForLogAsync("asked to cancel", Ct);
        WorkerProcess.Signal(trainer, "CONT");
        await service.WaitForEndAsync(id, Ct, worker);

        Assert.Equal(JobStatus.Cancelled, (await service.ReadAsync(id, Ct)).Status);
    }

    [Fact]
    public async Task A_trainer_that_does_not_stop_by_the_deadline_is_killed()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__StopDeadline", "00:00:02"));
        var id = await service.SubmitAsync(Endless, Ct);
        WorkerProcess.Signal(await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker), "STOP");

        await service.Store.CancelAsync(id, Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        Assert.Equal((JobStatus.Cancelled, StopReason.UserRequest), ((await service.ReadAsync(id, Ct)).Status, (await service.ReadAsync(id, Ct)).StopReason));
        Assert.Equal((AttemptOutcome.Cancelled, 137), (await service.AttemptsOfAsync(id, Ct)).Select(attempt => (attempt.Outcome!.Value, attempt.ExitCode!.Value)).Single());
    }

    [Fact]
    public async Task A_job_that_is_deleted_while_it_runs_leaves_neither_trainer_nor_folder()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker));

        Assert.Equal(VerbOutcome.Done, (await service.Store.DeleteAsync(id, Ct)).Outcome);
        await trainer.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await worker.WaitForLogAsync("the lease is lost", Ct);

        Assert.False(Directory.Exists(service.RunFolderOf(id)));
        Assert.Empty(await service.Store.ReadEventsAsync(id, 0, 1, Ct));
        Assert.Empty(await service.ArtifactsOfAsync(id, Ct));
        Assert.Empty(await service.Store.ReadCheckpointsAsync(id, Ct));
        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);
    }

    private static bool IsStatus(JobEvent e, string status) => e.Type == EventTypes.Status && e.Data.GetProperty("status").GetString() == status;
}
