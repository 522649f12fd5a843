using System.Security.Cryptography;
using System.Text;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>What the holder of a lease writes. Every write is fenced: job, attempt and status <c>running</c> stand in the <c>WHERE</c>.</summary>
public sealed partial class JobStore
{
    private const string Held = "jobs.id = @id AND attempt = @attempt AND status = 'running'";

    /// <summary>Extends the lease.</summary>
    public async Task<LeaseState> RenewAsync(Guid jobId, int attempt, TimeSpan lease, CancellationToken ct)
    {
        var states = await _beats.ReadAsync(
            $"UPDATE jobs SET lease_expires_at = clock_timestamp() + @lease WHERE {Held} RETURNING requested",
            row => new LeaseState(Held: true, row.IsDBNull(0) ? null : row.GetString(0)), ct,
            ("id", jobId), ("attempt", attempt), ("lease", lease));
        return states is [var state] ? state : new LeaseState(Held: false);
    }

    /// <summary>Adds events and changes the row with them.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAppendAsync(Guid jobId, int attempt, IReadOnlyList<NewEvent> events, JobUpdate? update, CancellationToken ct) =>
        TryAppendAsync(jobId, attempt, Guid.CreateVersion7(time.GetUtcNow()), events, update, ct);

    /// <summary>As the other one, for a writer that repeats a write whose answer it did not get.</summary>
    /// <param name="writeId">Names the write: repeated with the same id before any other, it changes nothing and returns true.</param>
    public Task<bool> TryAppendAsync(
        Guid jobId, int attempt, Guid writeId, IReadOnlyList<NewEvent> events, JobUpdate? update, CancellationToken ct) =>
        TryWriteAsync(
            jobId, attempt, writeId,
            """
            phase = coalesce(@phase, phase), epoch = coalesce(@epoch, epoch),
            metrics = CASE WHEN @metrics::jsonb IS NULL THEN metrics ELSE coalesce(metrics, '{}') || @metrics::jsonb END
            """,
            also: update?.Resumed is null
                ? "SELECT"
                : """
                UPDATE job_attempts SET resumed_from_epoch = @resumed_epoch, resumed_from_step = @resumed_step
                FROM job WHERE job_id = job.id AND job_attempts.attempt = job.attempt
                """,
            events, ct,
            ("phase", update?.Phase?.ToText()), ("epoch", update?.Epoch),
            ("metrics", update?.Metrics is { } metrics ? JsonText.Of(Finite(metrics)) : null),
            ("resumed_epoch", update?.Resumed?.Epoch), ("resumed_step", update?.Resumed?.Step));

    /// <summary>Adds a file, or puts it in the place of the one with its name. The bytes are in the artifact store already.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAddArtifactAsync(Guid jobId, int attempt, Artifact artifact, CancellationToken ct) =>
        TryWriteAsync(
            jobId, attempt, WriteIdOf("artifact", artifact.Name, artifact.Kind, artifact.Sha256), "phase = phase",
            also: """
            INSERT INTO artifacts (job_id, name, attempt, kind, media_type, size_bytes, sha256, created_at)
            SELECT id, @name, attempt, @kind, @media_type, @size, @sha256, at FROM job
            ON CONFLICT (job_id, name) DO UPDATE
            SET attempt = excluded.attempt, kind = excluded.kind, media_type = excluded.media_type,
                size_bytes = excluded.size_bytes, sha256 = excluded.sha256, created_at = excluded.created_at
            """,
            [JobEvents.Stored(artifact)], ct,
            ("name", artifact.Name), ("kind", artifact.Kind), ("media_type", artifact.MediaType), ("size", artifact.SizeBytes), ("sha256", artifact.Sha256));

    /// <summary>A write of a run: the change, what goes with it and its events; the same write again changes nothing.</summary>
    private async Task<bool> TryWriteAsync(
        Guid jobId, int attempt, Guid writeId, string change, string also, IReadOnlyList<NewEvent> events, CancellationToken ct,
        params (string Name, object? Value)[] values)
    {
        (string, object?)[] write = [("id", jobId), ("attempt", attempt), ("write", writeId)];
        return Rang(await _sql.WriteAsync(
                $"UPDATE jobs SET last_write = @write, last_seq = last_seq + @n, {change} WHERE {Held} AND last_write IS DISTINCT FROM @write RETURNING {JobSql.Row}",
                also, events, Changed, ct, [.. write, .. values]))
            || (await _sql.ReadAsync($"SELECT id FROM jobs WHERE {Held} AND last_write = @write", Changed, ct, write)).Count > 0;
    }

    /// <summary>A write that is recognised by its content: one writer writes about a run, one thing after the other.</summary>
    private static Guid WriteIdOf(params string[] content) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', content))).AsSpan(0, 16));

    private static Dictionary<string, double?> Finite(IReadOnlyDictionary<string, double?> metrics) =>
        metrics.ToDictionary(pair => pair.Key, pair => pair.Value is { } value && double.IsFinite(value) ? value : (double?)null);
}
