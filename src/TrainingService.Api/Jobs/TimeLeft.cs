using Npgsql;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>How long running jobs will take: by what the trainer says inside an epoch, else by how long the last epochs took.</summary>
internal sealed class TimeLeft(NpgsqlDataSource database, LatestProgress progress)
{
    /// <summary>Epochs that are averaged: the last ones know best, the first one is often slower.</summary>
    private const int Epochs = 3;

    /// <returns>Seconds to the end of the last epoch by job; a job that nobody can tell anything about is not in it.</returns>
    public async Task<IReadOnlyDictionary<Guid, double>> ReadAsync(IEnumerable<JobRow> rows, CancellationToken ct)
    {
        var left = new Dictionary<Guid, double>();
        var asked = new Dictionary<Guid, JobRow>();
        foreach (var row in rows.Where(row => row.Status == JobStatus.Running))
        {
            if (row.Phase is JobPhase.Evaluating or JobPhase.Exporting)
                left[row.Id] = 0;
            else if (progress.Of(row.Id, row.Attempt) is { Progress: { EtaSeconds: { } eta } inside } said && inside.Epoch > row.Epoch)
                left[row.Id] = Math.Max(0, eta - said.Age.TotalSeconds);
            else if (row.Epoch > 0)
                asked[row.Id] = row;
        }
        if (asked.Count == 0)
            return left;
        await using var command = database.CreateCommand(
            """
            SELECT job.id, epochs.seconds, epochs.since
            FROM unnest(@ids) AS job (id), LATERAL (
                SELECT avg(seconds) AS seconds, extract(epoch FROM now() - max(created_at))::float8 AS since
                FROM (SELECT (data ->> 'duration_seconds')::float8 AS seconds, created_at FROM job_events
                      WHERE job_id = job.id AND type = 'epoch_end' ORDER BY seq DESC LIMIT @epochs) AS latest) AS epochs
            WHERE epochs.seconds IS NOT NULL
            """);
        command.Parameters.AddWithValue("ids", asked.Keys.ToArray());
        command.Parameters.AddWithValue("epochs", Epochs);
        await using var found = await command.ExecuteReaderAsync(ct);
        while (await found.ReadAsync(ct))
        {
            var id = found.GetGuid(0);
            left[id] = Estimate(asked[id], found.GetDouble(1), found.GetDouble(2));
        }
        return left;
    }

    /// <param name="seconds">Of an epoch.</param>
    /// <param name="since">Seconds since the last one ended, which count against the next one but not beyond it.</param>
    private static double Estimate(JobRow row, double seconds, double since) =>
        row.Epoch >= row.Epochs ? 0 : (seconds * (row.Epochs - row.Epoch)) - Math.Clamp(since, 0, seconds);
}
