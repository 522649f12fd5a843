using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Workers;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>Who takes what, and in which order.</summary>
[Collection(nameof(ProcessTests))]
public sealed class QueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_taken_by_priority_and_only_by_workers_of_their_queue_and_one_that_nobody_takes_in_time_fails()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        var special = await service.SubmitAsync("""{ "queue": "special" }""", Ct);
        var forgotten = await service.SubmitAsync("""{ "queue": "nobody", "stopping": { "max_pending_seconds": 1 } }""", Ct);
        var low = await service.SubmitAsync("""{ "priority": "low" }""", Ct);
        var normal = await service.SubmitAsync("""{ }""", Ct);
        var high = await service.SubmitAsync("""{ "priority": "high" }""", Ct);

        await using (var worker = service.StartWorker())
        {
            foreach (var id in new[] { low, normal, high })
                await service.WaitForEndAsync(id, Ct, worker);
            await service.WaitForEndAsync(forgotten, Ct, worker);
        }
        var started = await Task.WhenAll(new[] { high, normal, low }.Select(async id => (await service.ReadAsync(id, Ct)).StartedAt));
        Assert.Equal(started.Order(), started);
        var failed = await service.ReadAsync(forgotten, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.MaxPending, 0), (failed.Status, failed.StopReason, failed.Attempt));
        Assert.Equal(JobStatus.Queued, (await service.ReadAsync(special, Ct)).Status);

        await using var other = service.StartWorker(("Worker__Queues__0", "special"));
        await service.WaitForEndAsync(special, Ct, other);
        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(special, Ct)).Status);
    }

    [Fact]
    public async Task A_worker_shows_what_it_offers_and_how_busy_it_is_and_takes_leave()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__MaxConcurrentJobs", "3"), ("Worker__Devices__0", "cpu"), ("Worker__Devices__1", "cuda:0"));
        var id = await service.SubmitAsync("""{ "fit": { "epochs": 100000 } }""", Ct);
        await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        var row = await WaitForAsync(service, workers => workers.SingleOrDefault(row => row.Running == 1));
        Assert.Equal((System.Environment.MachineName, worker.Id, 3), (row.Host, row.Pid, row.MaxConcurrentJobs));
        Assert.Equal(["cpu", "gpu"], row.Queues);
        Assert.Equal(["cpu", "cuda:0"], row.Devices);
        Assert.Equal(row.Id, (await service.AttemptsOfAsync(id, Ct)).Single().Owner);

        worker.Signal("TERM");
        await worker.WaitForExitAsync(Ct);
        Assert.Empty(await service.WorkersAsync(Ct));
    }

    /// <summary>A row has no bell; a worker writes it every few seconds.</summary>
    private static async Task<WorkerRow> WaitForAsync(ServiceFixture service, Func<IReadOnlyList<WorkerRow>, WorkerRow?> find)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            if (find(await service.WorkersAsync(limit.Token)) is { } row)
                return row;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
