using System.ComponentModel;
using System.Diagnostics;
using TrainingService.Domain.Extensions;

namespace TrainingService.Worker.Queue;

/// <summary>The system would not start a trainer; the message says why.</summary>
internal sealed class TrainerStartException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// A running trainer: this same program's <c>train</c> verb. Its stdin stays open as long as its worker lives; the line <c>stop</c>
/// asks it to end cleanly, and what has not ended at the deadline is killed.
/// </summary>
internal sealed class TrainerProcess : IDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _stopDeadline;
    private readonly CancellationTokenSource _overdue = new();
    private int _stopping;

    private TrainerProcess(Process process, TimeSpan stopDeadline)
    {
        (_process, _stopDeadline) = (process, stopDeadline);
        _overdue.Token.Register(Kill);
    }

    public int Id => _process.Id;

    public Stream Stdout => _process.StandardOutput.BaseStream;

    public Stream Stderr => _process.StandardError.BaseStream;

    /// <exception cref="TrainerStartException">The system refused; nothing runs.</exception>
    public static async Task<TrainerProcess> StartAsync(Guid jobId, string planPath, ExtensionOptions extensions, WorkerOptions options)
    {
        var start = Program(options.TrainerProgram);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetDirectoryName(planPath);
        start.ArgumentList.Add("train");
        start.ArgumentList.Add("--plan");
        start.ArgumentList.Add(planPath);
        foreach (var (option, path) in extensions.Specs.Select(path => ("--specs", path)).Concat(extensions.Modules.Select(path => ("--modules", path))))
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(path);
        }

        // It opens files from outside: it is not told where the database is. The id lets an operator find it among the processes.
        foreach (var secret in start.Environment.Keys.Where(key => key.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(secret);
        start.Environment["TRAINING_JOB_ID"] = jobId.ToString();
        // Instrumented code pays off in servers; here the time is spent in libtorch.
        start.Environment["DOTNET_TieredPGO"] = "0";

        try
        {
            return new TrainerProcess(await Spawner.StartAsync(start), options.StopDeadline);
        }
        catch (Exception refused) when (refused is Win32Exception or IOException)
        {
            throw new TrainerStartException(refused.Message, refused);
        }
    }

    /// <summary>Asks it to end cleanly, once; kills it at the deadline.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 1)
            return;
        _overdue.CancelAfter(_stopDeadline);
        try
        {
            _process.StandardInput.WriteLine("stop");
        }
        catch (IOException)
        {
            // A closed pipe: it has ended by itself, which is what was asked for.
            Debug.WriteLine($"Trainer {Id} ended before it was asked to stop.");
        }
    }

    public void Kill() => _process.Kill();

    /// <returns>Its exit code, 128 + n when signal n ended it.</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    /// <summary>Ends it if it still runs.</summary>
    public void Dispose()
    {
        _process.Kill();
        _overdue.Dispose();
        _process.Dispose();
    }

    /// <summary>The same runtime that runs the worker, be it <c>dotnet</c> or the program's own host; or what the operator wants in its place.</summary>
    private static ProcessStartInfo Program(string? instead)
    {
        if (instead is not null)
            return new ProcessStartInfo(instead);
        var program = typeof(TrainerProcess).Assembly.Location;
        return Environment.ProcessPath is { } own && Path.GetFileName(own) == "dotnet"
            ? new ProcessStartInfo(own, [program])
            : new ProcessStartInfo(Path.ChangeExtension(program, null));
    }
}
