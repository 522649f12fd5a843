using System.Collections.Concurrent;
using System.Diagnostics;
using TrainingService.Client;

namespace TrainingService.Testing;

/// <summary>The service as a user starts it: the Api program stand-alone, with its private PostgreSQL and its worker as a child.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly int _port;
    private readonly bool _ownsData;
    private readonly string _worker;
    private readonly IReadOnlyList<string> _arguments;
    private Process _process;

    private ServiceProcess(string dataDirectory, bool ownsData, string worker, IReadOnlyList<string> arguments)
    {
        DataDirectory = dataDirectory;
        _ownsData = ownsData;
        _worker = worker;
        _arguments = arguments;
        _port = Readiness.FreePort();
        _process = Start();
        Client = new TrainingServiceClient(Address);
    }

    public string DataDirectory { get; }

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public TrainingServiceClient Client { get; }

    public int ProcessId => _process.Id;

    public string Log => string.Join('\n', _log);

    /// <param name="dataDirectory">Where it keeps its data; null takes a new folder, removed at the end.</param>
    /// <param name="worker">The Worker program; null takes the one that was built.</param>
    /// <param name="arguments">More arguments of the Api program.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ServiceProcess> StartAsync(string? dataDirectory = null, string? worker = null, IReadOnlyList<string>? arguments = null, CancellationToken ct = default)
    {
        Needs.Postgres();
        var service = new ServiceProcess(
            dataDirectory ?? Directory.CreateTempSubdirectory("training-service-").FullName, ownsData: dataDirectory is null,
            worker ?? Repository.Program("Worker", "TrainingService.Worker", "linux-x64"), arguments ?? []);
        try
        {
            await Readiness.WaitAsync(service.Address, service._process, () => service.Log, ct);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the Api outright and starts it again on the same port and data.</summary>
    public async Task KillAndRestartAsync(CancellationToken ct)
    {
        _process.Kill();
        await _process.WaitForExitAsync(ct);
        _process.Dispose();
        _process = Start();
        await Readiness.WaitAsync(Address, _process, () => Log, ct);
    }

    /// <summary>Processes of the worker program below this service: the worker, or the trainers when asked for.</summary>
    public static IReadOnlyList<int> WorkerPrograms(string dataDirectory, bool trainers) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Where(id => Arguments(id) is { } arguments
                && arguments.Any(argument => Path.GetFileNameWithoutExtension(argument) == "TrainingService.Worker")
                && arguments.Contains("train") == trainers
                && (Environment(id)?.Contains(dataDirectory, StringComparison.Ordinal) ?? false)),
    ];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                throw new TimeoutException($"The service did not stop within 60 s of SIGTERM.\n{Log}");
            }
        }
        _process.Dispose();
        if (_ownsData)
            Directory.Delete(DataDirectory, recursive: true);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Program("Api", "TrainingService.Api"), "--urls", Address.ToString(), "--DataDirectory", DataDirectory, .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Worker__Path"] = _worker;
        start.Environment["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets");
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string[]? Arguments(int process) => ReadProc(process, "cmdline")?.Split('\0');

    private static string? Environment(int process) => ReadProc(process, "environ");

    private static string? ReadProc(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // the process ended, or is not ours
        }
    }
}
