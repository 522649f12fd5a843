using System.Diagnostics;
using TrainingService.Client;
using TrainingService.Client.Events;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

public sealed class CrashTests
{
    private const int Epochs = 4;

    [Fact]
    public async Task A_job_outlives_kill_9_of_its_trainer_its_worker_and_the_api_and_a_watcher_misses_nothing()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(4));
        var ct = limit.Token;
        await using var service = await ServiceProcess.StartAsync(ct: ct);
        var job = await service.Client.Jobs.SubmitAsync(SmallJob.Of(rows: 3_000, Epochs), ct);

        Queue<Func<Task>> faults = new(
        [
            () => KillAsync(service, trainers: true),
            () => KillAsync(service, trainers: false),
            () => service.KillAndRestartAsync(ct),
        ]);
        List<JobEvent> seen = [];
        var struck = 0;
        await foreach (var jobEvent in service.Client.Jobs.EventsAsync(job.Id, cancellationToken: ct))
        {
            if (jobEvent.Seq is null)
                continue;
            seen.Add(jobEvent);
            // In the middle of each attempt, as long as there is a fault left, it strikes.
            if (jobEvent.TryAs<EpochEndEvent>() is { Epoch: 1 } && jobEvent.Attempt > struck && faults.TryDequeue(out var strike))
            {
                struck = jobEvent.Attempt;
                await strike();
            }
        }

        Assert.Empty(faults);
        var ended = await service.Client.Jobs.GetAsync(job.Id, ct);
        Assert.True(ended.Status == JobStatus.Succeeded, $"{ended.Status} {ended.Error?.Message}\n{service.Log}");
        Assert.Equal(4, ended.Attempt);

        // Every event once and in order, and the same as the rows.
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(number => (long?)number), seen.Select(jobEvent => jobEvent.Seq));
        List<JobEvent> rows = [];
        for (long after = 0; await service.Client.Jobs.EventsPageAsync(job.Id, after, ct) is { Items.Count: > 0 } page; after = page.Items[^1].Seq!.Value)
            rows.AddRange(page.Items);
        Assert.Equal(rows.Select(row => (row.Seq, row.Type, row.Data.GetRawText())), seen.Select(row => (row.Seq, row.Type, row.Data.GetRawText())));

        // Each epoch counts once, by the last attempt that computed it; what a checkpoint held was not computed again.
        var metrics = await service.Client.Jobs.MetricsAsync(job.Id, ct);
        Assert.Equal(Enumerable.Range(1, Epochs), metrics.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(metrics.Epochs.Select(epoch => epoch.Attempt).Order(), metrics.Epochs.Select(epoch => epoch.Attempt));
        Assert.Contains(await service.Client.Jobs.ArtifactsAsync(job.Id, ct), artifact => artifact.Name == "model.safetensors");
        Assert.Empty(ServiceProcess.WorkerPrograms(service.DataDirectory, trainers: true));
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_finds_everything_again()
    {
        var ct = TestContext.Current.CancellationToken;
        var data = Directory.CreateTempSubdirectory("training-service-").FullName;
        try
        {
            Guid id;
            await using (var first = await ServiceProcess.StartAsync(data, ct: ct))
            {
                id = (await first.Client.Jobs.SubmitAsync(SmallJob.Of(rows: 256, epochs: 1), ct)).Id;
                Assert.Equal(JobStatus.Succeeded, (await first.Client.Jobs.WaitAsync(id, ct)).Status);
            }
            await using var second = await ServiceProcess.StartAsync(data, ct: ct);
            Assert.Equal(JobStatus.Succeeded, (await second.Client.Jobs.GetAsync(id, ct)).Status);
            var file = Path.Combine(data, "again.safetensors");
            var artifact = await second.Client.Jobs.DownloadAsync(id, "model.safetensors", file, cancellationToken: ct);
            Assert.Equal(artifact.SizeBytes, new FileInfo(file).Length);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static Task KillAsync(ServiceProcess service, bool trainers)
    {
        var victim = Assert.Single(ServiceProcess.WorkerPrograms(service.DataDirectory, trainers));
        using var process = Process.GetProcessById(victim);
        process.Kill();
        return Task.CompletedTask;
    }
}
