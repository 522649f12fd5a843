using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Workers;

/// <summary>Which workers there are: each writes itself down every few seconds, on the heartbeats' connections.</summary>
public sealed class WorkerRegistry(HeartbeatDataSource heartbeats)
{
    /// <summary>Writes a worker down, or that it is still there.</summary>
    public async Task SaveAsync(WorkerRow worker, CancellationToken ct)
    {
        await using var command = heartbeats.Source.CreateCommand(
            """
            INSERT INTO workers (id, host, pid, version, queues, devices, max_concurrent_jobs, running, started_at, seen_at)
            VALUES (@id, @host, @pid, @version, @queues, @devices, @max, @running, @started_at, now())
            ON CONFLICT (id) DO UPDATE SET queues = excluded.queues, devices = excluded.devices, running = excluded.running, seen_at = excluded.seen_at
            """);
        foreach (var (name, value) in new (string, object)[]
        {
            ("id", worker.Id), ("host", worker.Host), ("pid", worker.Pid), ("version", worker.Version), ("queues", worker.Queues),
            ("devices", worker.Devices), ("max", worker.MaxConcurrentJobs), ("running", worker.Running), ("started_at", worker.StartedAt.ToUniversalTime()),
        })
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A worker that stops in good order is gone at once.</summary>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await using var command = heartbeats.Source.CreateCommand("DELETE FROM workers WHERE id = @id");
        command.Parameters.AddWithValue("id", id);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Forgets workers that were silent for so long.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RemoveSilentAsync(TimeSpan silence, CancellationToken ct)
    {
        await using var command = heartbeats.Source.CreateCommand("DELETE FROM workers WHERE seen_at < now() - @silence");
        command.Parameters.AddWithValue("silence", silence);
        return await command.ExecuteNonQueryAsync(ct);
    }
}
