using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrainingService.Testing;

/// <summary>The Api program alone on a database that is there, as one of several replicas runs: no PostgreSQL and no worker of its own.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly string _connectionString;
    private readonly string _storage;
    private readonly int _port;
    private Process _process;

    private ApiProcess(string connectionString, string storage, int port)
    {
        _connectionString = connectionString;
        _storage = storage;
        _port = port;
        _process = Start();
    }

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public int ProcessId => _process.Id;

    public string Log => string.Join('\n', _log);

    /// <param name="connectionString">A database with all tables.</param>
    /// <param name="storage">Folder of the artifacts.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ApiProcess> StartAsync(string connectionString, string storage, CancellationToken ct = default)
    {
        var api = new ApiProcess(connectionString, storage, Readiness.FreePort());
        try
        {
            await Readiness.WaitAsync(api.Address, api._process, () => api.Log, ct);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it outright, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>The same, and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken ct = default)
    {
        Kill();
        await _process.WaitForExitAsync(ct);
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task RestartAsync(CancellationToken ct = default)
    {
        _process.Dispose();
        _process = Start();
        await Readiness.WaitAsync(Address, _process, () => Log, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Program("Api", "TrainingService.Api"), "--urls", Address.ToString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Training"] = _connectionString;
        start.Environment["Storage__Root"] = _storage;
        start.Environment["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets");
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
