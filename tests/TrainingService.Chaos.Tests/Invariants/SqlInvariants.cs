using Npgsql;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <param name="Sql">Gives a row for each violation: the job, then whatever tells more.</param>
internal sealed record SqlInvariant(string Id, string Says, string Sql);

/// <summary>What the rows must say at rest. Every query gives nothing when all is well.</summary>
internal static class SqlInvariants
{
    private const string Ended = "('succeeded', 'failed', 'cancelled')";

    public static IReadOnlyList<SqlInvariant> All { get; } =
    [
        new("I1", "has ended and says so in its row", $"SELECT id, status FROM jobs WHERE status IN {Ended} AND (ended_at IS NULL OR stop_reason IS NULL OR lease_owner IS NOT NULL)"),
        new("I1", "has at most one terminal event", "SELECT job_id, count(*) FROM job_events WHERE type = 'terminal' GROUP BY 1 HAVING count(*) <> 1"),
        new("I1", "has ended as its terminal event says", $"""
            SELECT j.id, j.status, e.data ->> 'status' FROM jobs j LEFT JOIN job_events e ON e.job_id = j.id AND e.type = 'terminal'
            WHERE (j.status IN {Ended}) <> (e.job_id IS NOT NULL) OR e.data ->> 'status' <> j.status OR e.data ->> 'stop_reason' <> j.stop_reason
            """),
        new("I1", "failed only for a reason of its own", "SELECT id, stop_reason, error FROM jobs WHERE status = 'failed'"),
        new("I2", "is not stuck", $"SELECT id, status, requested, lease_owner, lease_expires_at, not_before FROM jobs WHERE status NOT IN {Ended}"),
        new("I3", "has events without a gap from 1", "SELECT job_id, min(seq), max(seq), count(*) FROM job_events GROUP BY 1 HAVING min(seq) <> 1 OR max(seq) <> count(*)"),
        new("I3", "has no event after the terminal one", "SELECT e.job_id, e.seq, e.type FROM job_events e JOIN job_events t ON t.job_id = e.job_id AND t.type = 'terminal' WHERE e.seq > t.seq"),
        new("I4", "counts its events rightly", "SELECT j.id, j.last_seq FROM jobs j WHERE j.last_seq <> (SELECT count(*) FROM job_events e WHERE e.job_id = j.id)"),
        new("I5", "tells each epoch once in one attempt", """
            SELECT job_id, attempt, data ->> 'epoch', count(*) FROM job_events WHERE type = 'epoch_end' GROUP BY 1, 2, 3 HAVING count(*) > 1
            """),
        new("I6", "has no more attempts than it may", "SELECT id, attempt, uncounted_attempts, max_attempts FROM jobs WHERE attempt - uncounted_attempts > max_attempts"),
        new("I6", "has a row for every attempt", "SELECT j.id, j.attempt, count(a.*) FROM jobs j LEFT JOIN job_attempts a ON a.job_id = j.id GROUP BY 1, 2 HAVING count(a.*) <> j.attempt OR coalesce(max(a.attempt), 0) <> j.attempt"),
        new("I6", "has closed its attempts", $"SELECT a.job_id, a.attempt FROM job_attempts a JOIN jobs j ON j.id = a.job_id WHERE j.status <> 'running' AND (a.ended_at IS NULL OR a.outcome IS NULL)"),
        new("I6", "has one attempt at a time", """
            SELECT a.job_id, a.attempt FROM job_attempts a JOIN job_attempts b ON b.job_id = a.job_id AND b.attempt = a.attempt + 1
            WHERE a.ended_at IS NULL OR a.ended_at > b.started_at
            """),
        new("I7", "has no event of an attempt after another one took over", """
            SELECT e.job_id, e.seq, e.attempt FROM job_events e JOIN job_events n ON n.job_id = e.job_id AND n.seq = e.seq + 1 WHERE n.attempt < e.attempt
            """),
        new("I7", "has no event that a fenced attempt wrote", """
            SELECT e.job_id, e.seq, e.attempt, e.type FROM job_events e JOIN job_attempts a ON a.job_id = e.job_id AND a.attempt = e.attempt
            WHERE a.fenced_at IS NOT NULL AND e.created_at > a.fenced_at AND e.type NOT IN ('status', 'terminal')
            """),
        new("I8", "succeeded with its model, once", "SELECT j.id, count(a.*) FROM jobs j LEFT JOIN artifacts a ON a.job_id = j.id AND a.name = 'model.safetensors' WHERE j.status = 'succeeded' GROUP BY 1 HAVING count(a.*) <> 1"),
        new("I8", "succeeded with the files that its manifest was made from", """
            SELECT j.id FROM jobs j WHERE j.status = 'succeeded' AND (SELECT count(*) FROM artifacts a WHERE a.job_id = j.id AND a.name IN ('manifest.json', 'plan.json', 'config.json')) <> 3
            """),
        new("I9", "has files of attempts that there were", "SELECT a.job_id, a.name, a.attempt FROM artifacts a JOIN jobs j ON j.id = a.job_id WHERE a.attempt > j.attempt OR a.attempt < 1"),
        new("I10", "keeps no more checkpoints than it should", """
            SELECT c.job_id, count(*) FROM checkpoints c JOIN jobs j ON j.id = c.job_id GROUP BY 1, j.spec
            HAVING count(*) > coalesce((j.spec #>> '{checkpoint,keep_latest}')::int, 2) + coalesce((j.spec #>> '{checkpoint,keep_best}')::int, 1)
            """),
        // A queue row that somebody has fetched goes at the latest with its timeout; one that lies there for nobody would lie for ever.
        new("I11", "has ended and is not on the queue", $"""
            SELECT j.id, q.queue, q.fetchedat FROM hangfire.jobqueue q JOIN hangfire.job h ON h.id = q.jobid JOIN jobs j ON h.arguments::text LIKE '%' || j.id || '%'
            WHERE j.status IN {Ended} AND (q.fetchedat IS NULL AND h.createdat < now() - interval '30 seconds' OR q.fetchedat < now() - interval '3 minutes')
            """),
    ];

    public static async Task<IReadOnlyList<string>> CheckAsync(PostgresServer postgres, CancellationToken ct)
    {
        var violations = new List<string>();
        foreach (var invariant in All)
        {
            var rows = await postgres.QueryAsync(invariant.Sql, Describe, ct);
            violations.AddRange(rows.Select(row => $"{invariant.Id} a job {invariant.Says}. Found: {row}"));
        }
        return violations;
    }

    private static string Describe(NpgsqlDataReader row) =>
        $"job {row.GetValue(0)}{string.Concat(Enumerable.Range(1, row.FieldCount - 1).Select(column => $", {row.GetName(column)} {row.GetValue(column)}"))}";
}
