using System.Security.Cryptography;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>Where a run goes on: checkpoints as files of its own folder.</summary>
/// <param name="Files">Newest first; none when the run begins anew.</param>
/// <param name="IsParents">Whether they are those of the job that this one continues.</param>
/// <param name="AllDamaged">There are checkpoints, and none of them can be read.</param>
internal sealed record ResumeFiles(IReadOnlyList<TrainerCheckpoint> Files, bool IsParents, bool AllDamaged);

/// <summary>Fetches a job's checkpoints for a run. Every byte is verified on the way; a damaged one is passed over, and the job's log says so.</summary>
/// <param name="artifacts">Has the bytes.</param>
/// <param name="folder">Where they go.</param>
/// <param name="warn">Writes into the job's log.</param>
/// <param name="space">Waits for room.</param>
/// <param name="claim">Names the checkpoints.</param>
internal sealed class ResumeReader(
    IArtifactStore artifacts, RunFolder folder, Func<LogEvent, CancellationToken, ValueTask> warn, StorageSpace space, Claim claim)
{
    /// <summary>The one to go on from, and others in case the trainer cannot read it.</summary>
    private const int Wanted = 3;

    public async Task<ResumeFiles> ReadAsync(CancellationToken ct)
    {
        var rows = claim.Checkpoints ?? [];
        foreach (var own in new[] { true, false })
        {
            var files = await FetchAsync(rows.Where(row => row.IsParents != own), ct);
            if (files.Count > 0)
                return new ResumeFiles(files, IsParents: !own, AllDamaged: false);
        }
        return new ResumeFiles([], IsParents: false, AllDamaged: rows.Count > 0);
    }

    private async Task<List<TrainerCheckpoint>> FetchAsync(IEnumerable<Checkpoint> newestFirst, CancellationToken ct)
    {
        var files = new List<TrainerCheckpoint>();
        foreach (var row in newestFirst)
        {
            if (files.Count == Wanted)
                break;
            var path = folder.ResumePath(row.Number);
            if (await space.RetryAsync("fetch a checkpoint", () => CopyAsync(row, path, ct), ct) is not { } damage)
            {
                files.Add(new TrainerCheckpoint(path, row.Number, row.Epoch, row.Step));
                continue;
            }
            File.Delete(path);
            await warn(new LogEvent("warning", $"Checkpoint {row.Number} of epoch {row.Epoch} is damaged and passed over: {damage}."), ct);
        }
        return files;
    }

    /// <returns>What is wrong with it, or null.</returns>
    private async Task<string?> CopyAsync(Checkpoint row, string path, CancellationToken ct)
    {
        await using var content = artifacts.TryOpen(row.Sha256);
        if (content is null)
            return "its content is missing";
        await using var copy = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        try
        {
            for (int read; (read = await content.ReadAsync(buffer, ct)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await copy.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        catch (IOException exception) when (!StorageSpace.IsFull(exception))
        {
            return $"its content cannot be read ({exception.Message})";
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == row.Sha256
            ? null
            : $"its content is not what was stored (expected {row.SizeBytes} bytes with SHA-256 {row.Sha256}. Received: {copy.Length} bytes)";
    }
}
