using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>
/// Takes a trainer's checkpoints away: the bytes into the artifact store, then the row, then the trainer's file goes. While the store is
/// slow or away, checkpoints that newer ones overtook are dropped unstored, so that they cannot fill the disk.
/// </summary>
internal sealed class CheckpointPublisher(
    IArtifactStore artifacts, JobStore store, RunFolder folder, Outage outage, StorageSpace space, TimeProvider time, Claim claim)
{
    private readonly CheckpointSpec _kept = claim.Spec.Checkpoint ?? new CheckpointSpec();
    private readonly Lock _lock = new();
    private readonly List<TrainerCheckpointFile> _waiting = [];

    /// <summary>The trainer has written one, which waits its turn from now on.</summary>
    public void Announce(TrainerCheckpointFile file)
    {
        lock (_lock)
        {
            _waiting.Add(file);
            DropOvertaken(_waiting.Where(waiting => !waiting.Best), _kept.KeepLatest);
            DropOvertaken(_waiting.Where(waiting => waiting.Best), Math.Max(_kept.KeepBest, _kept.KeepLatest));
        }
    }

    /// <summary>Its turn has come.</summary>
    /// <returns>False when it was overtaken.</returns>
    public bool TryTake(TrainerCheckpointFile file)
    {
        lock (_lock)
            return _waiting.RemoveAll(waiting => waiting.Number == file.Number) > 0;
    }

    /// <returns>What came of it.</returns>
    public async Task<CheckpointFate> PublishAsync(TrainerCheckpointFile file, CancellationToken ct)
    {
        var path = folder.OutputPath(file.Name);
        var (sha256, size) = await PutAsync(path, ct);
        if (sha256 != file.Sha256 || size != file.SizeBytes)
            return CheckpointFate.Damaged;
        var row = new Checkpoint
        {
            JobId = claim.JobId,
            Number = file.Number,
            Attempt = claim.Attempt,
            Epoch = file.Epoch,
            Step = file.Step,
            IsBest = file.Best,
            Sha256 = file.Sha256,
            SizeBytes = file.SizeBytes,
            CreatedAt = time.GetUtcNow(),
        };
        var added = await outage.RetryAsync(
            "add a checkpoint",
            async () =>
            {
                // Content without a row is cleared away after a while: that of a row that waited long for its database too.
                if (!artifacts.TryRefresh(sha256))
                    await PutAsync(path, ct);
                return await store.TryAddCheckpointAsync(claim.JobId, claim.Attempt, row, _kept.KeepLatest, _kept.KeepBest, ct);
            },
            ct);
        File.Delete(path);
        return added ? CheckpointFate.Stored : CheckpointFate.LeaseLost;
    }

    private Task<(string Sha256, long SizeBytes)> PutAsync(string path, CancellationToken ct) => space.RetryAsync(
        "store a checkpoint",
        async () =>
        {
            await using var content = File.OpenRead(path);
            return await artifacts.PutAsync(content, ct);
        },
        ct);

    private void DropOvertaken(IEnumerable<TrainerCheckpointFile> oldestFirst, int kept)
    {
        foreach (var overtaken in oldestFirst.SkipLast(kept).ToList())
        {
            _waiting.Remove(overtaken);
            File.Delete(folder.OutputPath(overtaken.Name));
        }
    }
}

/// <summary>What came of a checkpoint.</summary>
internal enum CheckpointFate
{
    Stored,

    /// <summary>Its bytes are not those that the trainer wrote; there is no row.</summary>
    Damaged,

    /// <summary>Somebody else has the job; there is no row.</summary>
    LeaseLost,
}
