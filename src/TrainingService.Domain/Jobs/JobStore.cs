using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Events;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>
/// Every change of a job. Each is one statement: the expected state stands in its <c>WHERE</c>, the row is locked by the <c>UPDATE</c>,
/// and the events take their numbers from it, so that numbers have no gaps and a writer that lost its lease writes nothing.
/// A write whose answer was lost can be repeated: it is recognised, changes nothing more and gives the same answer.
/// The bell rings after the commit. Leases go by the database's clock.
/// </summary>
public sealed partial class JobStore(
    NpgsqlDataSource database, HeartbeatDataSource heartbeats, EventBell bell, IOptions<JobOptions> options, TimeProvider time)
{
    private readonly JobSql _sql = new(database);
    private readonly JobSql _beats = new(heartbeats.Source);

    /// <summary>Events after a number, in order.</summary>
    public async Task<IReadOnlyList<JobEvent>> ReadEventsAsync(Guid jobId, long after, int limit, CancellationToken ct) =>
        await _sql.ReadAsync(
            // Numbers have no gaps, so a page has an upper end as well: however long the job is, and whatever the planner believes, no more is read than the page.
            "SELECT seq, attempt, type, created_at, data FROM job_events WHERE job_id = @id AND seq > @after AND seq <= @end ORDER BY seq",
            row => new JobEvent(
                row.GetInt64(0), jobId, row.GetInt32(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
                System.Text.Json.JsonElement.Parse(row.GetFieldValue<byte[]>(4))),
            ct, ("id", jobId), ("after", after), ("end", after > long.MaxValue - limit ? long.MaxValue : after + limit));

    /// <summary>How many jobs are before a queued one in its queue, plus one; jobs that are not queued are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> ReadQueuePositionsAsync(IReadOnlyCollection<Guid> jobIds, CancellationToken ct) =>
        (await _sql.ReadAsync(
            """
            SELECT id, 1 + (SELECT count(*) FROM jobs AS before
                            WHERE before.status = 'queued' AND before.queue = jobs.queue AND (before.lane, before.id) < (jobs.lane, jobs.id))
            FROM jobs WHERE id = ANY (@ids) AND status = 'queued'
            """,
            row => (Id: row.GetGuid(0), Position: row.GetInt64(1)), ct, ("ids", jobIds.ToArray()))).ToDictionary(found => found.Id, found => found.Position);

    private static Guid Changed(IDataRecord row) => row.GetGuid(0);

    private static Offer Offered(IDataRecord row) =>
        new(row.GetGuid(0), row.GetString(row.GetOrdinal("queue")), (QueueLane)row.GetInt16(row.GetOrdinal("lane")));

    /// <summary>Rings for each changed job.</summary>
    /// <returns>Whether there was one.</returns>
    private bool Rang(IReadOnlyList<Guid> changed)
    {
        foreach (var id in changed)
            bell.Ring(id);
        return changed.Count > 0;
    }

    /// <summary>Closes the attempt of the changed row. An upsert, because it also finds a row that was added after the statement began.</summary>
    private static string Closing(bool fenced = false) =>
        $"""
        INSERT INTO job_attempts (job_id, attempt, owner, started_at, ended_at, fenced_at, outcome, exit_code, error)
        SELECT id, attempt, 'unknown', started_at, at, {(fenced ? "at" : "NULL")}, @outcome, @exit_code::integer, @attempt_error::jsonb FROM job
        ON CONFLICT (job_id, attempt) DO UPDATE
        SET ended_at = excluded.ended_at, fenced_at = excluded.fenced_at, outcome = excluded.outcome,
            exit_code = excluded.exit_code, error = excluded.error
        """;

    private static (string, object?)[] ClosingValues(AttemptOutcome outcome, int? exitCode = null, JobError? error = null) =>
        [("outcome", outcome.ToText()), ("exit_code", exitCode), ("attempt_error", error is null ? null : JsonText.Of(error))];
}
