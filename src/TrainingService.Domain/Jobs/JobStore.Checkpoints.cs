using System.Globalization;
using TrainingService.Domain.Checkpoints;

namespace TrainingService.Domain.Jobs;

/// <summary>Checkpoints: fenced as every write of a run, and only as many as are to be kept.</summary>
public sealed partial class JobStore
{
    /// <summary>Adds a checkpoint and drops those that are no longer kept: neither among the latest nor among the last that were the best of their time.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAddCheckpointAsync(Guid jobId, int attempt, Checkpoint checkpoint, int keepLatest, int keepBest, CancellationToken ct) =>
        TryWriteAsync(
            jobId, attempt, WriteIdOf("checkpoint", checkpoint.Number.ToString(CultureInfo.InvariantCulture), checkpoint.Sha256),
            "checkpoint_number = @number, checkpoint_epoch = @at_epoch, checkpoint_step = @at_step",
            also: """
            INSERT INTO checkpoints (job_id, number, attempt, epoch, step, is_best, sha256, size_bytes, created_at)
            SELECT id, @number, attempt, @at_epoch, @at_step, @best, @sha256, @size, at FROM job
            ON CONFLICT (job_id, number) DO UPDATE
            SET attempt = excluded.attempt, epoch = excluded.epoch, step = excluded.step, is_best = excluded.is_best,
                sha256 = excluded.sha256, size_bytes = excluded.size_bytes, created_at = excluded.created_at
            ), dropped AS (
            DELETE FROM checkpoints USING job
            WHERE job_id = job.id AND number <> @number
              AND number NOT IN (SELECT number FROM checkpoints WHERE job_id = @id AND number <> @number ORDER BY number DESC LIMIT @more_latest)
              AND number NOT IN (SELECT number FROM checkpoints WHERE job_id = @id AND number <> @number AND is_best ORDER BY number DESC LIMIT @more_best)
            """,
            [JobEvents.Kept(checkpoint)], ct,
            ("number", checkpoint.Number), ("at_epoch", checkpoint.Epoch), ("at_step", checkpoint.Step), ("best", checkpoint.IsBest),
            ("sha256", checkpoint.Sha256), ("size", checkpoint.SizeBytes),
            ("more_latest", keepLatest - 1), ("more_best", Math.Max(0, keepBest - (checkpoint.IsBest ? 1 : 0))));

    /// <summary>The checkpoints that are kept, newest first.</summary>
    public Task<IReadOnlyList<Checkpoint>> ReadCheckpointsAsync(Guid jobId, CancellationToken ct) => _sql.ReadAsync(
        """
        SELECT number, attempt, epoch, step, is_best, sha256, size_bytes, created_at FROM checkpoints WHERE job_id = @id ORDER BY number DESC
        """,
        row => new Checkpoint
        {
            JobId = jobId,
            Number = row.GetInt64(0),
            Attempt = row.GetInt32(1),
            Epoch = row.GetInt32(2),
            Step = row.GetInt64(3),
            IsBest = row.GetBoolean(4),
            Sha256 = row.GetString(5),
            SizeBytes = row.GetInt64(6),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(7),
        },
        ct, ("id", jobId));
}
