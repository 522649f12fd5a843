using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>The worker program as operators start it.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly SemaphoreSlim _logged = new(0);

    public WorkerProcess(IReadOnlyDictionary<string, string> environment, params string[] arguments)
        : this(environment, openFiles: null, arguments)
    {
    }

    /// <param name="environment">Its settings.</param>
    /// <param name="openFiles">Its limit of open files; null leaves it.</param>
    /// <param name="arguments">After the verb.</param>
    public WorkerProcess(IReadOnlyDictionary<string, string> environment, int? openFiles, params string[] arguments)
    {
        string[] command = [Path.Combine(AppContext.BaseDirectory, "TrainingService.Worker"), "run", .. arguments];
        if (openFiles is { } files)
            command = ["sh", "-c", $"ulimit -n {files}; exec \"$@\"", "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Log => string.Join('\n', _log);

    public int Id => _process.Id;

    /// <summary>Waits until the worker has logged a text.</summary>
    public async Task WaitForLogAsync(string text, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));
        try
        {
            while (!_log.Any(line => line.Contains(text, StringComparison.Ordinal)))
                await _logged.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"\"{text}\" was not logged within 180 s.\n{Log}");
        }
    }

    public void Kill() => _process.Kill();

    public void CloseStdin() => _process.StandardInput.Close();

    public void Signal(string name) => Signal(_process.Id, name);

    public async Task<int> WaitForExitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The trainer process of a job, or null when there is none.</summary>
    public static int? TrainerOf(Guid jobId)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && TryRead(folder).Contains($"TRAINING_JOB_ID={jobId}", StringComparison.Ordinal))
                return id;
        }
        return null;
    }

    public static void Signal(int processId, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", processId.ToString()]);
        kill.WaitForExit();
    }

    private void Take(string? line)
    {
        _log.Enqueue(line ?? "");
        _logged.Release();
    }

    private static string TryRead(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "environ"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // gone meanwhile, or somebody else's
        }
    }
}
