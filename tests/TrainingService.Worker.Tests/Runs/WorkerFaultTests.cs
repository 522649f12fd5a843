using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>Workers that die, sleep, or are told to stop.</summary>
[Collection(nameof(ProcessTests))]
public sealed class WorkerFaultTests
{
    private const int Backlog = 2_000;
    private const string Endless = """{ "fit": { "epochs": 100000 } }""";

    private static readonly HandBack _handBack = new("too late", CountAttempt: true, AttemptOutcome.Crashed);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F03_a_killed_workers_job_is_taken_again_before_the_backlog()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var first = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, first));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(part => Task.Run(async () =>
        {
            for (var i = 0; i < Backlog / 8; i++)
                await service.SubmitAsync(epochs: 1, Ct);
        })));
        await using var second = service.StartWorker();
        await second.WaitForLogAsync("claimed", Ct);

        first.Kill();
        var watch = Stopwatch.StartNew();
        await trainer.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(5), Ct);
        var gone = watch.Elapsed;
        var events = await service.WaitForAsync(id, e => e.Type == EventTypes.Status && e.Attempt == 2, Ct, second);

        var lost = events.Single(e => e.Type == EventTypes.Status && e.Data.GetProperty("reason").GetString() == "worker lost").CreatedAt;
        var taken = events.First(e => e.Attempt == 2).CreatedAt;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"killed -> trainer gone {gone.TotalSeconds:F1} s, taken again {watch.Elapsed.TotalSeconds:F1} s, of which {(taken - lost).TotalSeconds:F1} s for the worker's job in hand; behind {Backlog} jobs");
        // The other worker ends what it has in hand; from then on the lost job goes before all that wait.
        Assert.InRange(await service.CountStartedAsync(lost, taken, Ct), 0, 1);
        Assert.True(await service.CountQueuedAsync(Ct) > Backlog / 2);
    }

    [Fact]
    public async Task F03_a_lock_that_a_killed_worker_left_in_the_queue_keeps_no_slot_of_another()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        var id = await service.SubmitAsync(epochs: 1, Ct);
        await using (var connection = new NpgsqlConnection(service.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            // As old as it is at least when a job comes back whose worker was killed.
            await using var leave = new NpgsqlCommand(
                $"INSERT INTO hangfire.lock (resource, acquired) SELECT 'hangfire:job:' || jobid || ':state-lock', now() - interval '{TrainingQueueStorage.Options.InvisibilityTimeout}' FROM hangfire.jobqueue", connection);
            Assert.Equal(1, await leave.ExecuteNonQueryAsync(Ct));
        }

        await using var worker = service.StartWorker();
        await service.WaitForEndAsync(id, Ct, worker);

        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(id, Ct)).Status);
    }

    [Fact]
    public async Task F04_a_worker_that_slept_past_its_lease_writes_nothing_more_and_ends_its_trainer()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var first = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, first));

        first.Signal("STOP");
        await using var second = service.StartWorker();
        await service.WaitForTrainerAsync(id, attempt: 2, Ct, second);
        first.Signal("CONT");
        await first.WaitForLogAsync("the lease is lost", Ct);
        await trainer.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);

        // Whatever else the old token might have written is refused.
        Assert.False((await service.Store.RenewAsync(id, 1, TimeSpan.FromMinutes(1), Ct)).Held);
        Assert.False(await service.Store.TryAppendAsync(id, 1, [new NewEvent(EventTypes.Log, JsonSerializer.SerializeToElement(new { level = "info", message = "late" }))], null, Ct));
        Assert.False(await service.Store.TryAddArtifactAsync(id, 1, LateArtifact(id), Ct));
        Assert.False(await service.Store.TryAddCheckpointAsync(id, 1, LateCheckpoint(id), 2, 1, Ct));
        Assert.False(await service.Store.TryFinishAsync(id, 1, JobStatus.Succeeded, StopReason.Completed, null, Ct));
        Assert.Equal(Settled.Lost, await service.Store.TryHandBackAsync(id, 1, _handBack, Ct));
        Assert.Equal(Settled.Lost, await service.Store.TryPauseAsync(id, 1, Ct));

        await service.Store.CancelAsync(id, Ct);
        var events = await service.WaitForEndAsync(id, Ct, second);
        var secondBegins = events.First(e => e.Attempt == 2).Seq;
        Assert.DoesNotContain(events, e => e.Attempt == 1 && e.Seq > secondBegins);
        Series.AssertGapless(events);
        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Cancelled, 2), (job.Status, job.Attempt));
        Assert.DoesNotContain(await service.ArtifactsOfAsync(id, Ct), artifact => artifact.Attempt == 1);
    }

    [Fact]
    public async Task F05_a_worker_that_is_told_to_stop_saves_its_runs_and_hands_them_back_and_no_attempt_is_burnt()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__MaxConcurrentJobs", "2"));
        var jobs = new[] { await service.SubmitAsync(Endless, Ct), await service.SubmitAsync(Endless, Ct) };
        foreach (var id in jobs)
            await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        var watch = Stopwatch.StartNew();
        worker.Signal("TERM");
        Assert.True(await worker.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct) == 0, worker.Log);
        TestContext.Current.TestOutputHelper!.WriteLine($"SIGTERM -> gone: {watch.Elapsed.TotalSeconds:F1} s");

        foreach (var id in jobs)
        {
            var job = await service.ReadAsync(id, Ct);
            Assert.Equal((JobStatus.Queued, 1, 1), (job.Status, job.Attempt, job.UncountedAttempts));
            Assert.Equal(AttemptOutcome.HandedBack, (await service.AttemptsOfAsync(id, Ct)).Single().Outcome);
            Assert.Null(WorkerProcess.TrainerOf(id));
        }
        // The last checkpoint is that of the stop: nothing is computed twice.
        await using var next = service.StartWorker(("Worker__MaxConcurrentJobs", "2"));
        foreach (var id in jobs)
        {
            var events = await service.WaitForAsync(id, e => e.Type == EventTypes.EpochEnd && e.Attempt == 2, Ct, next);
            Assert.Equal(Series.Epochs(events), Series.Epochs(events).Distinct());
            Assert.Contains(events, e => e.Type == EventTypes.Resumed && e.Attempt == 2);
        }
    }

    [Fact]
    public async Task F08_a_trainer_that_hears_nothing_goes_with_its_worker()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(Endless, Ct);
        using var trainer = Process.GetProcessById(await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker));

        // Stopped, it reads neither its stdin nor anything else.
        WorkerProcess.Signal(trainer.Id, "STOP");
        worker.Kill();

        await trainer.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.Null(WorkerProcess.TrainerOf(id));
    }

    [Fact]
    public async Task F09_a_process_that_has_the_number_of_a_lost_worker_is_left_alone()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        using var foreign = Process.Start("sleep", "600");
        try
        {
            var id = await service.SubmitAsync("""{ "fit": { "epochs": 2 } }""", Ct);
            var claim = await service.Store.TryClaimAsync(id, $"{System.Environment.MachineName}:{foreign.Id}:lost", TimeSpan.FromMilliseconds(1), Ct);
            var left = Directory.CreateDirectory(Path.Combine(service.RunFolderOf(id), "1"));
            await File.WriteAllTextAsync(Path.Combine(left.FullName, "plan.json"), $$"""{ "worker_process_id": {{foreign.Id}} }""", Ct);

            await using var worker = service.StartWorker();
            await service.WaitForEndAsync(id, Ct, worker);

            Assert.Equal((1, 2), (claim!.Attempt, (await service.ReadAsync(id, Ct)).Attempt));
            Assert.False(foreign.HasExited);
        }
        finally
        {
            foreign.Kill();
        }
    }

    [Fact]
    public async Task F33_an_epoch_that_was_computed_and_not_stored_is_done_again_and_seen_once()
    {
        const int epochs = 200;
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var first = service.StartWorker();
        var id = await service.SubmitAsync(TrainerFaultTests.Random.Replace("\"epochs\": 60", $"\"epochs\": {epochs}"), Ct);
        await service.WaitForAsync(id, e => e.Type == EventTypes.Checkpoint, Ct, first);

        // The writer waits for the table while the trainer computes on; then it is killed with what it had.
        await using (var database = new NpgsqlConnection(service.ConnectionString))
        {
            await database.OpenAsync(Ct);
            await using var held = await database.BeginTransactionAsync(Ct);
            await using (var command = new NpgsqlCommand("LOCK TABLE job_events IN EXCLUSIVE MODE", database, held))
                await command.ExecuteNonQueryAsync(Ct);
            using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500)))
                await timer.WaitForNextTickAsync(Ct);
            first.Kill();
            await first.WaitForExitAsync(Ct);
        }
        await using var second = service.StartWorker();
        var events = await service.WaitForEndAsync(id, Ct, second);

        Series.AssertGapless(events);
        Assert.Equal((JobStatus.Succeeded, 2), ((await service.ReadAsync(id, Ct)).Status, (await service.ReadAsync(id, Ct)).Attempt));
        var resumed = events.Single(e => e.Type == EventTypes.Resumed).Data.GetProperty("from_epoch").GetInt32();
        var stored = Series.Epochs(events.Where(e => e.Attempt == 1)).Last();
        Assert.Equal(Enumerable.Range(1, stored), Series.Epochs(events.Where(e => e.Attempt == 1)));
        Assert.InRange(resumed, 1, stored);
        Assert.Equal(Enumerable.Range(resumed + 1, epochs - resumed), Series.Epochs(events.Where(e => e.Attempt == 2)));
        Assert.Equal(Enumerable.Range(1, epochs), Series.Visible(events).Select(point => point.Epoch));
    }

    private static Artifact LateArtifact(Guid id) => new()
    {
        JobId = id, Attempt = 1, Name = "late", Kind = "log", MediaType = "text/plain", SizeBytes = 1, Sha256 = new string('0', 64), CreatedAt = DateTimeOffset.UtcNow,
    };

    private static Checkpoint LateCheckpoint(Guid id) => new()
    {
        JobId = id, Attempt = 1, Number = 1_000_000, Epoch = 1, Step = 0, IsBest = false, SizeBytes = 1, Sha256 = new string('0', 64), CreatedAt = DateTimeOffset.UtcNow,
    };
}
