using System.Text.Json;
using Npgsql;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Webhooks;

/// <summary>A delivery that is ours for a while.</summary>
/// <param name="Seq">Which event of the job.</param>
/// <param name="Tries">This one counted.</param>
/// <param name="Data">The event's data.</param>
internal sealed record DueDelivery(Guid JobId, short Number, long Seq, int Tries, RemoteMonitor Monitor, EpochEndEvent Data);

/// <summary>Finds what is to be sent and writes down what came of it. Instants are the caller's, so that a test may move them.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database)
{
    private readonly JobSql _sql = new(database);

    /// <summary>
    /// Takes deliveries until <paramref name="until"/>: the next epoch of each webhook. Whoever takes one and dies leaves it to others from then
    /// on. Webhooks of jobs that have nothing more to say are closed on the way.
    /// </summary>
    public async Task<IReadOnlyList<DueDelivery>> TakeAsync(DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken ct)
    {
        var taken = await _sql.ReadAsync(
            """
            WITH due AS (
                SELECT w.job_id, w.number, j.last_seq, j.ended_at IS NOT NULL AS ended,
                       (SELECT e.seq FROM job_events e WHERE e.job_id = w.job_id AND e.type = 'epoch_end' AND e.seq > w.seq ORDER BY e.seq LIMIT 1) AS next_seq
                FROM webhooks w JOIN jobs j ON j.id = w.job_id
                WHERE w.active AND w.next_at <= @now AND (j.last_seq > w.seq OR j.ended_at IS NOT NULL)
                ORDER BY w.next_at LIMIT @limit FOR UPDATE OF w SKIP LOCKED),
            changed AS (
                UPDATE webhooks w SET
                    seq = CASE WHEN due.next_seq IS NULL THEN due.last_seq ELSE w.seq END,
                    active = due.next_seq IS NOT NULL OR NOT due.ended,
                    tries = CASE WHEN due.next_seq IS NULL THEN 0 ELSE w.tries + 1 END,
                    next_at = CASE WHEN due.next_seq IS NULL THEN w.next_at ELSE @until END
                FROM due WHERE w.job_id = due.job_id AND w.number = due.number
                RETURNING w.job_id, w.number, due.next_seq, w.tries)
            SELECT changed.job_id, changed.number, changed.next_seq, changed.tries, j.spec->'fit'->'callbacks', e.data
            FROM changed JOIN jobs j ON j.id = changed.job_id JOIN job_events e ON e.job_id = changed.job_id AND e.seq = changed.next_seq
            """,
            row => new DueDelivery(
                row.GetGuid(0), row.GetInt16(1), row.GetInt64(2), row.GetInt32(3), MonitorOf(row.GetString(4), row.GetInt16(1)),
                JsonSerializer.Deserialize<EpochEndEvent>(row.GetString(5), ContractsJson.Options)!),
            ct, ("now", now), ("until", until), ("limit", limit));
        return taken;
    }

    /// <summary>It was received.</summary>
    public Task DeliveredAsync(DueDelivery delivery, DateTimeOffset now, CancellationToken ct) => WriteAsync(
        delivery, "seq = @seq, tries = 0, next_at = @at, delivered = delivered + 1, last_error = NULL", now, null, ct);

    /// <summary>It was not; again at an instant.</summary>
    public Task FailedAsync(DueDelivery delivery, DateTimeOffset next, string error, CancellationToken ct) =>
        WriteAsync(delivery, "next_at = @at, last_error = @error", next, error, ct);

    /// <summary>It was not, and that was the last try; the next epoch's turn comes.</summary>
    public Task GaveUpAsync(DueDelivery delivery, DateTimeOffset now, string error, CancellationToken ct) =>
        WriteAsync(delivery, "seq = @seq, tries = 0, next_at = @at, dead = dead + 1, last_error = @error", now, error, ct);

    /// <summary>The receiver wants nothing more.</summary>
    public Task CloseAsync(DueDelivery delivery, DateTimeOffset now, string error, CancellationToken ct) =>
        WriteAsync(delivery, "active = false, next_at = @at, dead = dead + 1, last_error = @error", now, error, ct);

    // By the number of the try: whoever took too long changes nothing more once another has taken it.
    private Task<IReadOnlyList<Guid>> WriteAsync(DueDelivery delivery, string change, DateTimeOffset at, string? error, CancellationToken ct) => _sql.ReadAsync(
        $"UPDATE webhooks SET {change} WHERE job_id = @id AND number = @number AND seq < @seq AND tries = @tries RETURNING job_id",
        row => row.GetGuid(0), ct,
        ("id", delivery.JobId), ("number", delivery.Number), ("seq", delivery.Seq), ("tries", delivery.Tries), ("at", at), ("error", error));

    private static RemoteMonitor MonitorOf(string callbacks, int number)
    {
        using var json = JsonDocument.Parse(callbacks);
        return json.RootElement.EnumerateArray()
            .Where(callback => callback.GetProperty("class_name").GetString() == nameof(RemoteMonitor))
            .Select(callback => (RemoteMonitor)JsonSerializer.Deserialize<CallbackSpec>(callback, ContractsJson.Options)!)
            .ElementAt(number);
    }
}
