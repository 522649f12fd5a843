using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>
/// Every change of a job. Each is one statement: the expected state stands in its <c>WHERE</c>, the row is locked by the <c>UPDATE</c>,
/// and the events take their numbers from it, so that numbers have no gaps and a writer that lost its lease writes nothing.
/// The bell rings after the commit. Leases go by the database's clock.
/// </summary>
public sealed partial class JobStore(NpgsqlDataSource database, EventBell bell, IOptions<JobOptions> options, TimeProvider time)
{
    private readonly JobSql _sql = new(database);

    /// <summary>Adds a queued job with its first event. Putting it on the queue is the caller's next step.</summary>
    public async Task<Guid> AddAsync(JobSubmission submission, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var spec = submission.Spec;
        await _sql.WriteAsync(
            """
            INSERT INTO jobs (id, name, spec, model, tags, metadata, status, cancel_requested, attempt, uncounted_attempts, max_attempts,
                              epoch, epochs, last_seq, created_at, offered_at)
            VALUES (@id, @name, @spec::jsonb, @model::jsonb, @tags, @metadata::jsonb, 'queued', false, 0, 0, @max_attempts,
                    0, @epochs, @n, now(), now())
            RETURNING id, attempt, last_seq
            """,
            [JobEvents.Status(JobStatus.Queued, reason: "accepted")], Changed, ct,
            ("id", id), ("name", spec.Name ?? submission.Model.Name), ("spec", JsonText.Of(spec)), ("model", JsonText.Of(submission.Model)),
            ("tags", (spec.Tags ?? []).ToArray()), ("metadata", JsonText.Of(spec.Metadata ?? new Dictionary<string, string>())),
            ("max_attempts", options.Value.MaxAttempts), ("epochs", spec.Fit?.Epochs ?? 1));
        bell.Ring(id);
        return id;
    }

    /// <summary>Events after a number, in order.</summary>
    public async Task<IReadOnlyList<JobEvent>> ReadEventsAsync(Guid jobId, long after, int limit, CancellationToken ct) =>
        await _sql.ReadAsync(
            // Numbers have no gaps, so a page has an upper end as well: however long the job is, and whatever the planner believes, no more is read than the page.
            "SELECT seq, attempt, type, created_at, data FROM job_events WHERE job_id = @id AND seq > @after AND seq <= @end ORDER BY seq",
            row => new JobEvent(
                row.GetInt64(0), jobId, row.GetInt32(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
                JobSql.Json<System.Text.Json.JsonElement>(row, "data")),
            ct, ("id", jobId), ("after", after), ("end", after > long.MaxValue - limit ? long.MaxValue : after + limit));

    private static Guid Changed(IDataRecord row) => row.GetGuid(0);

    /// <summary>Rings for each changed job.</summary>
    /// <returns>Whether there was one.</returns>
    private bool Rang(IReadOnlyList<Guid> changed)
    {
        foreach (var id in changed)
            bell.Ring(id);
        return changed.Count > 0;
    }
}
