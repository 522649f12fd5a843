using Npgsql;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Faults;

/// <summary>A database that dies, hangs, is locked or is full of others.</summary>
internal static class DatabaseFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("F11", "one backend of PostgreSQL is killed", 2, KillBackendAsync),
        new("F12", "PostgreSQL crashes", 2, CrashAsync),
        new("F13", "PostgreSQL is restarted again and again", 1, RestartStormAsync),
        new("F14", "others take all connections", 1, ExhaustAsync),
        new("F15", "the jobs table is locked", 1, LockJobsAsync),
        new("F17", "PostgreSQL is paused", 1, PauseAsync),
    ];

    /// <summary>Takes connections until the server has no more.</summary>
    public static async Task<IReadOnlyList<NpgsqlConnection>> TakeAllConnectionsAsync(PostgresServer postgres, CancellationToken ct)
    {
        var taken = new List<NpgsqlConnection>();
        while (true)
        {
            // Not as the superuser, for whom some places are kept.
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
            try
            {
                await connection.OpenAsync(ct);
                taken.Add(connection);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return taken;
            }
        }
    }

    public static async Task<NpgsqlConnection> LockJobsAsync(PostgresServer postgres, CancellationToken ct)
    {
        var connection = await postgres.OpenAsync(ct);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }

    private static async Task KillBackendAsync(FaultScene scene)
    {
        var backends = await scene.Service.Postgres.BackendsAsync(scene.Ct);
        if (backends.Count == 0)
            return;
        var victim = scene.Pick(backends);
        scene.Say($"process {victim}; the server resets all others");
        Signals.Send(victim, Signal.Kill);
    }

    private static async Task CrashAsync(FaultScene scene)
    {
        var postgres = scene.Service.Postgres;
        if (scene.Random.Next(2) == 0)
        {
            scene.Say("kill -9 of the server and its processes");
            await postgres.KillAsync(scene.Ct);
        }
        else
        {
            scene.Say("immediate stop");
            await postgres.StopAsync(immediate: true, scene.Ct);
        }
        await scene.LastAsync(scene.Between(0, 5));
        await postgres.StartAsync(scene.Ct);
    }

    private static async Task RestartStormAsync(FaultScene scene)
    {
        for (var restart = 0; restart < 3; restart++)
        {
            await scene.Service.Postgres.RestartAsync(scene.Ct);
            await scene.LastAsync(scene.Between(0.5, 2));
        }
    }

    private static async Task ExhaustAsync(FaultScene scene)
    {
        var taken = await TakeAllConnectionsAsync(scene.Service.Postgres, scene.Ct);
        scene.Say($"{taken.Count} taken");
        // What the service had is cut, so that it has to ask for new ones.
        foreach (var proxy in scene.Service.Proxies)
            proxy.CloseConversations();
        taken = [.. taken, .. await TakeAllConnectionsAsync(scene.Service.Postgres, scene.Ct)];
        await scene.LastAsync(scene.Between(1, 5));
        foreach (var connection in taken)
            await connection.DisposeAsync();
    }

    private static async Task LockJobsAsync(FaultScene scene)
    {
        await using var holder = await LockJobsAsync(scene.Service.Postgres, scene.Ct);
        await scene.LastAsync(scene.Between(1, ServiceUnderFault.LeaseSeconds * 2));
    }

    private static async Task PauseAsync(FaultScene scene)
    {
        scene.Service.Postgres.SendAll(Signal.Stop);
        await scene.LastAsync(scene.Between(1, 8));
        scene.Service.Postgres.SendAll(Signal.Continue);
    }
}
