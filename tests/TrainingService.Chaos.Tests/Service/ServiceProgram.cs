using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>One of the service's programs as a process that can be killed, paused and started again with the same settings.</summary>
internal sealed class ServiceProgram : IAsyncDisposable
{
    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    public ServiceProgram(string name, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        Name = name;
        (_program, _arguments, _environment) = (program, arguments, environment);
    }

    public string Name { get; }

    public int Id => _process?.Id ?? throw new InvalidOperationException($"{Name} was not started.");

    public bool IsRunning => _process is { HasExited: false };

    public string Log => string.Join('\n', _log);

    public void Start()
    {
        _process?.Dispose();
        var start = new ProcessStartInfo(_program, _arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public void Send(Signal signal)
    {
        if (IsRunning)
            Signals.Send(Id, signal);
    }

    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await WaitForExitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>SIGTERM, and the time that the program itself promises to need.</summary>
    public async Task<int> StopAsync(TimeSpan limit)
    {
        Send(Signal.Terminate);
        return await WaitForExitAsync(limit);
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        var process = _process ?? throw new InvalidOperationException($"{Name} was not started.");
        try
        {
            // Not the end of its output: a child may hold the pipe.
            await Task.Run(() => process.WaitForExit(limit));
            return process.HasExited ? process.ExitCode : throw new TimeoutException($"{Name} did not end within {limit.TotalSeconds:0} s.\n{Tail()}");
        }
        finally
        {
            process.Refresh();
        }
    }

    public string Tail(int lines = 60) => string.Join('\n', _log.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        Send(Signal.Continue);
        await KillAsync();
        _process.Dispose();
    }
}
