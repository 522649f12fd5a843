using Npgsql;
using TrainingService.Domain.Events;
using TrainingService.Domain.Workers;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>Where a job waits, what it waits for, and how long it will take.</summary>
public sealed class QueueTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Places_go_by_priority_then_by_time_and_each_queue_counts_for_itself()
    {
        var normal = await SubmitAsync("places", "normal");
        var low = await SubmitAsync("places", "low");
        var high = await SubmitAsync("places", "high");
        var second = await SubmitAsync("places", "normal");
        var elsewhere = await SubmitAsync("places-elsewhere", "low");
        Assert.Equal((4L, JobPriority.Low, "places"), ((await GetAsync(low.Id)).QueuePosition, low.Priority, low.Queue));
        Assert.Equal((1L, 2L, 3L), ((await GetAsync(high.Id)).QueuePosition, (await GetAsync(normal.Id)).QueuePosition, (await GetAsync(second.Id)).QueuePosition));
        Assert.Equal(1L, (await GetAsync(elsewhere.Id)).QueuePosition);
        // A list says the same, and a running job has no place.
        var run = await service.ClaimAsync(high.Id);
        var listed = (await service.GetAsync<Page<JobResponse>>("/v1/jobs?queue=places")).Items.ToDictionary(job => job.Id, job => job.QueuePosition);
        Assert.Equal((null, 1L, 2L, 3L), (listed[high.Id], listed[normal.Id], listed[second.Id], listed[low.Id]));
        Assert.Equal(4, listed.Count);
        // What ran goes before what is new.
        await run.HandBackAsync(TimeSpan.Zero);
        Assert.Equal((1L, 2L), ((await GetAsync(high.Id)).QueuePosition, (await GetAsync(normal.Id)).QueuePosition));
    }

    [Fact]
    public async Task A_job_says_when_no_worker_serves_its_queue()
    {
        var job = await SubmitAsync("exotic", "normal");
        Assert.Equal("a worker: none is alive.", job.WaitingFor);

        await SaveWorkerAsync("w1", "cpu", "gpu");
        Assert.Equal("a worker that serves the queue \"exotic\": those that are alive serve cpu, gpu.", (await GetAsync(job.Id)).WaitingFor);
        await SaveWorkerAsync("w2", "exotic");
        Assert.Null((await GetAsync(job.Id)).WaitingFor);

        var workers = await service.GetAsync<IReadOnlyList<WorkerResponse>>("/v1/workers");
        Assert.Equal(["w1", "w2"], workers.Select(worker => worker.Id));
        Assert.Equal(("machine", 7, "1.2", 2, 1), (workers[0].Host, workers[0].Pid, workers[0].Version, workers[0].MaxConcurrentJobs, workers[0].Running));
        Assert.Equal(["cpu", "gpu"], workers[0].Queues);
        // Silent for too long: not counted on, although nobody has swept it away.
        await ExecuteAsync("UPDATE workers SET seen_at = now() - interval '1 hour'");
        Assert.Equal("a worker: none is alive.", (await GetAsync(job.Id)).WaitingFor);
        await ExecuteAsync("DELETE FROM workers");
        Assert.Empty(await service.GetAsync<IReadOnlyList<WorkerResponse>>("/v1/workers"));
    }

    [Fact]
    public async Task A_job_that_is_to_be_tried_again_says_until_when_it_waits()
    {
        var run = await service.StartAsync();
        await run.HandBackAsync(TimeSpan.FromHours(1));
        var job = await GetAsync(run.Id);
        Assert.Equal(JobStatus.Queued, job.Status);
        Assert.InRange(job.NotBefore!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
        Assert.Contains("another try, not before", job.WaitingFor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_left_comes_from_the_epochs_and_inside_one_from_its_progress()
    {
        var run = await service.StartAsync();
        Assert.Null((await GetAsync(run.Id)).EtaSeconds);

        // Ten epochs of 1.5 seconds; one is done, and of the next one some may have passed.
        await run.EpochAsync(1, 0.5);
        Assert.InRange((await GetAsync(run.Id)).EtaSeconds!.Value, 8 * 1.5, 9 * 1.5);
        Assert.InRange(Assert.Single((await service.GetAsync<Page<JobResponse>>("/v1/jobs?status=running")).Items, job => job.Id == run.Id).EtaSeconds!.Value, 12, 13.5);

        await TellProgressAsync(run);
        Assert.InRange((await GetAsync(run.Id)).EtaSeconds!.Value, 900, 1_000);

        await run.FinishAsync();
        Assert.Null((await GetAsync(run.Id)).EtaSeconds);
    }

    /// <summary>Returns when the service has heard it; what is said while its listener connects is lost.</summary>
    private async Task TellProgressAsync(Run run)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = service.Get<BellListener>().Subscribe(bell =>
        {
            if (bell is ProgressBell progress && progress.Progress.JobId == run.Id)
                heard.TrySetResult();
        });
        while (!heard.Task.IsCompleted)
        {
            run.Progress(step: 50, epoch: 2, etaSeconds: 1_000);
            await Task.WhenAny(heard.Task, Task.Delay(TimeSpan.FromSeconds(1), Ct));
        }
    }

    private Task<JobResponse> GetAsync(Guid id) => service.GetAsync<JobResponse>($"/v1/jobs/{id}");

    private async Task<JobResponse> SubmitAsync(string queue, string priority) => await ServiceFixture.ReadAsync<JobResponse>(
        await service.PostAsync("/v1/jobs", ServiceFixture.Job(("/queue", queue), ("/priority", priority))), HttpStatusCode.Created);

    private Task SaveWorkerAsync(string id, params string[] queues) => service.Get<WorkerRegistry>().SaveAsync(new WorkerRow
    {
        Id = id, Host = "machine", Pid = 7, Version = "1.2", Queues = queues, Devices = ["cpu"], MaxConcurrentJobs = 2, Running = 1, StartedAt = DateTimeOffset.UtcNow,
    }, Ct);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(service.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
