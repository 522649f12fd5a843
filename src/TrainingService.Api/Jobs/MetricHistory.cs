using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>A row of figures of the visible run.</summary>
/// <param name="X">Number of the epoch, or of the batch within the job.</param>
internal sealed record MetricRow(
    long X, int Attempt, int Epoch, long Step, double DurationSeconds,
    IReadOnlyDictionary<string, double?> Logs, IReadOnlyDictionary<string, string>? NonFinite);

/// <summary>
/// The attempts of a job as one run: an attempt that goes back replaces what earlier ones made from there on. Where each attempt began is read
/// first, a row per attempt; then the figures stream by, never all of them in memory.
/// </summary>
internal sealed class MetricHistory(TrainingDb db, Guid jobId, MetricsPer per)
{
    /// <summary>Events are read a section at a time, so that the server never has a long job's rows in memory to sort them.</summary>
    private const long SectionEvents = 10_000;

    private string RowType => per == MetricsPer.Step ? EventTypes.Step : EventTypes.EpochEnd;

    /// <summary>Also tells where an attempt began: an epoch that has begun is no longer the earlier attempt's.</summary>
    private string BeginType => per == MetricsPer.Step ? EventTypes.Step : EventTypes.EpochBegin;

    private string Number => per == MetricsPer.Step ? "global_step" : "epoch";

    public async IAsyncEnumerable<MetricRow> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var ends = await ReadEndsAsync(ct);
        var last = await db.Jobs.Where(job => job.Id == jobId).Select(job => job.LastSeq).SingleOrDefaultAsync(ct);
        for (long after = 0; after < last; after += SectionEvents)
        {
            await foreach (var row in ReadSection(after).AsAsyncEnumerable().WithCancellation(ct))
            {
                // An attempt that is not there began after the first look; what it replaces is still shown, so it is not.
                if (ends.TryGetValue(row.Attempt, out var end) && row.X < end)
                    yield return new MetricRow(
                        row.X, row.Attempt, row.Epoch, row.Step, row.DurationSeconds, Read<double?>(row.Logs),
                        row.NonFinite is null ? null : Read<string>(row.NonFinite));
            }
        }
    }

    private IQueryable<StoredRow> ReadSection(long after) => db.Database.SqlQuery<StoredRow>($"""
        SELECT attempt AS "Attempt", (data ->> {Number})::bigint AS "X", (data ->> 'epoch')::int AS "Epoch",
               coalesce((data ->> 'step')::bigint, 0) AS "Step", coalesce((data ->> 'duration_seconds')::float8, 0) AS "DurationSeconds",
               (data -> 'logs')::text AS "Logs", nullif(data -> 'non_finite', 'null')::text AS "NonFinite"
        FROM job_events WHERE job_id = {jobId} AND type = {RowType} AND seq > {after} AND seq <= {after + SectionEvents} ORDER BY seq
        """);

    /// <summary>The final evaluation, unless an attempt has gone on training after it.</summary>
    public async Task<IReadOnlyDictionary<string, double?>?> ReadEvaluationAsync(CancellationToken ct)
    {
        var logs = await db.Database.SqlQuery<string>($"""
            SELECT (data -> 'logs')::text AS "Value" FROM job_events AS evaluation
            WHERE job_id = {jobId} AND type = {EventTypes.Evaluation} AND NOT EXISTS (
                SELECT FROM job_events AS later WHERE later.job_id = {jobId} AND later.type = {EventTypes.EpochBegin} AND later.seq > evaluation.seq)
            ORDER BY seq DESC LIMIT 1
            """).ToListAsync(ct);
        return logs is [var last] ? Read<double?>(last) : null;
    }

    /// <summary>The number from which on a later attempt replaces an attempt's rows, by attempt.</summary>
    private async Task<Dictionary<int, long>> ReadEndsAsync(CancellationToken ct)
    {
        var starts = await db.Database.SqlQuery<Start>($"""
            SELECT claim.attempt AS "Attempt", least(
                (SELECT (e.data ->> {Number})::bigint
                 FROM (SELECT attempt, data FROM job_events WHERE job_id = {jobId} AND type = {BeginType} AND seq > claim.seq ORDER BY seq LIMIT 1) AS e
                 WHERE e.attempt = claim.attempt),
                (SELECT (e.data ->> {Number})::bigint
                 FROM (SELECT attempt, data FROM job_events WHERE job_id = {jobId} AND type = {RowType} AND seq > claim.seq ORDER BY seq LIMIT 1) AS e
                 WHERE e.attempt = claim.attempt)) AS "First"
            FROM (SELECT attempt, min(seq) AS seq FROM job_events WHERE job_id = {jobId} AND type = {EventTypes.Status} AND attempt > 0 GROUP BY attempt) AS claim
            """).ToListAsync(ct);
        var ends = new Dictionary<int, long>();
        var end = long.MaxValue;
        foreach (var start in starts.OrderByDescending(start => start.Attempt))
        {
            if (start.First is not { } first)
                continue;
            ends[start.Attempt] = end;
            end = Math.Min(end, first);
        }
        return ends;
    }

    private static Dictionary<string, T> Read<T>(string json) => JsonSerializer.Deserialize<Dictionary<string, T>>(json, ContractsJson.Options)!;

    private sealed record Start(int Attempt, long? First);

    private sealed record StoredRow(int Attempt, long X, int Epoch, long Step, double DurationSeconds, string Logs, string? NonFinite);
}
