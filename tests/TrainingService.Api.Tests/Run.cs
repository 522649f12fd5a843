using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Tests;

/// <summary>What a worker writes about a job that it holds.</summary>
public sealed class Run(ServiceFixture service, Guid id, int attempt)
{
    public Guid Id => id;

    public int Attempt => attempt;

    public Task AppendAsync(params (string Type, object Data)[] events) => AppendAsync(null, events);

    private async Task AppendAsync(JobUpdate? update, params (string Type, object Data)[] events) => Assert.True(await service.Store.TryAppendAsync(
        id, attempt, [.. events.Select(e => new NewEvent(e.Type, Json(e.Data)))], update, TestContext.Current.CancellationToken));

    public Task LogAsync(string message, string level = "info") => AppendAsync((EventTypes.Log, new LogEvent(level, message)));

    public Task EpochAsync(int epoch, double? loss, double? valLoss = null, IReadOnlyDictionary<string, string>? nonFinite = null)
    {
        var logs = new Dictionary<string, double?> { ["loss"] = loss };
        if (valLoss is not null)
            logs["val_loss"] = valLoss;
        return AppendAsync(
            new JobUpdate(Epoch: epoch),
            (EventTypes.EpochBegin, new EpochBeginEvent(epoch, 10)),
            (EventTypes.EpochEnd, new EpochEndEvent(epoch, 10, logs, nonFinite, 1.5, 1_000, 0.1, 1 << 20)));
    }

    public Task StepsAsync(int epoch, params (long GlobalStep, double Loss)[] steps) => AppendAsync([.. steps.Select(step => (
        EventTypes.Step, (object)new StepEvent(epoch, step.GlobalStep, step.GlobalStep, new Dictionary<string, double?> { ["loss"] = step.Loss })))]);

    public void Progress(long step, int epoch = 1, double? etaSeconds = null) => service.Get<EventBell>().SendProgress(new JobEvent(
        null, id, attempt, EventTypes.Progress, DateTimeOffset.UtcNow, Json(new ProgressEvent(epoch, 10, step, 100, new Dictionary<string, double?>(), 10, etaSeconds))));

    public async Task StoreAsync(string name, byte[] content, string mediaType = "application/octet-stream")
    {
        var (sha256, size) = await service.Get<IArtifactStore>().PutAsync(new MemoryStream(content), TestContext.Current.CancellationToken);
        Assert.True(await service.Store.TryAddArtifactAsync(id, attempt, new Artifact
        {
            JobId = id, Name = name, Attempt = attempt, Kind = "model", MediaType = mediaType, SizeBytes = size, Sha256 = sha256, CreatedAt = DateTimeOffset.UtcNow,
        }, TestContext.Current.CancellationToken));
    }

    public async Task FinishAsync() => Assert.True(await service.Store.TryFinishAsync(
        id, attempt, JobStatus.Succeeded, StopReason.Completed, null, TestContext.Current.CancellationToken));

    public async Task HandBackAsync(TimeSpan delay = default) => Assert.Equal(delay > TimeSpan.Zero ? Settled.Delayed : Settled.Queued, await service.Store.TryHandBackAsync(
        id, attempt, new HandBack("worker stops", CountAttempt: true, Delay: delay), TestContext.Current.CancellationToken));

    /// <summary>Stores a checkpoint's row and bytes; all are kept.</summary>
    public async Task CheckpointAsync(long number, int epoch, long step = 0, bool best = false)
    {
        var (sha256, size) = await service.Get<IArtifactStore>().PutAsync(new MemoryStream(BitConverter.GetBytes(number)), TestContext.Current.CancellationToken);
        Assert.True(await service.Store.TryAddCheckpointAsync(id, attempt, new Checkpoint
        {
            JobId = id, Number = number, Attempt = attempt, Epoch = epoch, Step = step, IsBest = best, Sha256 = sha256, SizeBytes = size, CreatedAt = DateTimeOffset.UtcNow,
        }, keepLatest: 100, keepBest: 10, TestContext.Current.CancellationToken));
    }

    private static JsonElement Json(object data) => JsonSerializer.SerializeToElement(data, data.GetType(), ContractsJson.Options);
}
