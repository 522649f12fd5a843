using System.Diagnostics;
using Npgsql;
using TrainingService.Domain.Queue;

namespace TrainingService.Api.Jobs;

/// <summary>The queues at an instant: the waiting jobs in the order in which they are taken, and the queues that live workers serve.</summary>
internal sealed class WaitingLine
{
    /// <summary>A worker that was silent for so long is not counted on; it writes every few seconds.</summary>
    private const int SilenceSeconds = 30;

    private readonly Dictionary<(string Queue, QueueLane Lane), Guid[]> _lanes = [];
    private readonly SortedSet<string> _served = new(StringComparer.Ordinal);

    /// <summary>When it was read, as <see cref="Stopwatch"/> counts.</summary>
    public long ReadAt { get; private set; }

    public TimeSpan Took { get; private set; }

    public int Count => _lanes.Values.Sum(jobs => jobs.Length);

    public static async Task<WaitingLine> ReadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var line = new WaitingLine();
        var started = Stopwatch.GetTimestamp();
        await using var batch = database.CreateBatch();
        // A job that waits for another try is behind all whose turn it is.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT queue, lane, array_agg(id ORDER BY id) FROM jobs
            WHERE status = 'queued' AND (not_before IS NULL OR not_before <= now()) GROUP BY queue, lane
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"SELECT DISTINCT unnest(queues) FROM workers WHERE seen_at > now() - interval '{SilenceSeconds} seconds'"));
        await using (var row = await batch.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
                line._lanes.Add((row.GetString(0), (QueueLane)row.GetInt16(1)), row.GetFieldValue<Guid[]>(2));
            await row.NextResultAsync(ct);
            while (await row.ReadAsync(ct))
                line._served.Add(row.GetString(0));
        }
        line.ReadAt = Stopwatch.GetTimestamp();
        line.Took = Stopwatch.GetElapsedTime(started, line.ReadAt);
        return line;
    }

    /// <summary>How many are before the job, plus one; of a job that came later, the place that it would have.</summary>
    public int PlaceOf(string queue, QueueLane lane, Guid id)
    {
        var before = Enum.GetValues<QueueLane>().Where(other => other < lane).Sum(other => Of(queue, other).Length);
        // .NET and PostgreSQL sort UUIDs alike: by their bytes.
        var index = Array.BinarySearch(Of(queue, lane), id);
        return before + (index < 0 ? ~index : index) + 1;
    }

    /// <summary>Why nobody will take a job of the queue, for people; null when a worker serves it.</summary>
    public string? MissingWorker(string queue) =>
        _served.Contains(queue) ? null
        : _served.Count == 0 ? "a worker: none is alive."
        : $"a worker that serves the queue \"{queue}\": those that are alive serve {string.Join(", ", _served)}.";

    private Guid[] Of(string queue, QueueLane lane) => _lanes.GetValueOrDefault((queue, lane), []);
}
