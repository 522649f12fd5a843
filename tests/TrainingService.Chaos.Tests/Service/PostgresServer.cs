using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>A durable private PostgreSQL that is there to be killed. Its log and its data stay between starts.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EmbeddedPostgresOptions _options;
    private EmbeddedPostgres? _server;

    private PostgresServer(string root)
    {
        Root = root;
        _options = new EmbeddedPostgresOptions { DataDirectory = root };
    }

    public string Root { get; }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Where the server listens.</summary>
    public string Socket => Path.Combine(Root, ".s.PGSQL.5432");

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    public int Postmaster => int.Parse(File.ReadLines(Path.Combine(Root, "cluster", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private string LogFile => Path.Combine(Root, "server.log");

    /// <param name="root">Null takes a new folder below the system's one for temporary files.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<PostgresServer> StartAsync(string? root, CancellationToken ct)
    {
        Needs.Postgres();
        await AbandonedClusters.RemoveAsync(Path.GetTempPath(), ct);
        var server = new PostgresServer(root ?? AbandonedClusters.NewFolder());
        await server.StartAsync(ct);
        return server;
    }

    public async Task StartAsync(CancellationToken ct)
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, ct);
        ConnectionString = _server.ConnectionString;
    }

    /// <summary>The server and its processes, killed outright.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        var postmaster = Postmaster;
        var children = Processes.ChildrenOf(postmaster);
        Signals.Send(postmaster, Signal.Kill);
        foreach (var child in children)
            Signals.Send(child.Id, Signal.Kill);
        foreach (var process in children.Select(child => child.Id).Append(postmaster))
            await Processes.WaitForEndAsync(process, Patience, ct);
    }

    /// <summary>SIGQUIT is an immediate stop: no checkpoint, the next start recovers from the log. SIGINT is a fast one.</summary>
    public async Task StopAsync(bool immediate, CancellationToken ct)
    {
        var postmaster = Postmaster;
        Signals.Send(postmaster, immediate ? Signal.Quit : Signal.Interrupt);
        await Processes.WaitForEndAsync(postmaster, Patience, ct);
    }

    public async Task RestartAsync(CancellationToken ct)
    {
        await StopAsync(immediate: false, ct);
        await StartAsync(ct);
    }

    /// <summary>Processes that serve clients.</summary>
    public async Task<IReadOnlyList<int>> BackendsAsync(CancellationToken ct) => await QueryAsync(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()", row => row.GetInt32(0), ct);

    /// <summary>Stops or continues the server and all its processes.</summary>
    public void SendAll(Signal signal)
    {
        var postmaster = Postmaster;
        Signals.Send(postmaster, signal);
        foreach (var child in Processes.ChildrenOf(postmaster))
            Signals.Send(child.Id, signal);
    }

    /// <summary>A connection beside the service's, straight to the server.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=60;Command Timeout=60");
        await connection.OpenAsync(ct);
        return connection;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct) => await QueryAsync(sql, _ => 0, ct);

    /// <summary>Runs a program that finds this server in its environment, such as <c>pg_amcheck</c>, and returns what it wrote.</summary>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{Postmaster}/exe", returnFinalTarget: true)!.FullName)!;
        var own = Path.Combine(folder, program);
        var start = new ProcessStartInfo(File.Exists(own) ? own : program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}";
        (start.Environment["PGHOST"], start.Environment["PGPORT"], start.Environment["PGUSER"], start.Environment["PGDATABASE"]) = (Root, "5432", "training", "training");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with code {process.ExitCode}: {await output}{errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
