using System.ComponentModel;
using System.Diagnostics;

namespace TrainingService.Worker.Supervision;

/// <summary>The system would not start a process; the message says why.</summary>
internal sealed class ChildStartException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// A verb of this same program that runs as a process of its own. Its stdin stays open as long as its worker lives; the line <c>stop</c>
/// asks it to end cleanly, and what has not ended at the deadline is killed.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _stopDeadline;
    private readonly CancellationTokenSource _overdue = new();
    private int _stopping;

    private ChildProcess(Process process, TimeSpan stopDeadline)
    {
        (_process, _stopDeadline) = (process, stopDeadline);
        _overdue.Token.Register(Kill);
    }

    public int Id => _process.Id;

    public Stream Stdout => _process.StandardOutput.BaseStream;

    public Stream Stderr => _process.StandardError.BaseStream;

    /// <exception cref="ChildStartException">The system refused; nothing runs.</exception>
    public static async Task<ChildProcess> StartAsync(ProcessStartInfo start, TimeSpan stopDeadline)
    {
        try
        {
            return new ChildProcess(await Spawner.StartAsync(start), stopDeadline);
        }
        catch (Exception refused) when (refused is Win32Exception or IOException)
        {
            throw new ChildStartException(refused.Message, refused);
        }
    }

    /// <summary>How a verb is started: by the same runtime that runs the worker, be it <c>dotnet</c> or the program's own host.</summary>
    /// <param name="verb">Of this program.</param>
    /// <param name="planPath">What it is told, in the folder that it works in.</param>
    /// <param name="instead">What the operator wants in the program's place.</param>
    public static ProcessStartInfo Verb(string verb, string planPath, string? instead = null)
    {
        var start = Program(instead);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetDirectoryName(planPath);
        foreach (var argument in (string[])[verb, "--plan", planPath])
            start.ArgumentList.Add(argument);
        return start;
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
            Debug.WriteLine($"Process {Id} ended before it was asked to stop.");
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

    private static ProcessStartInfo Program(string? instead)
    {
        if (instead is not null)
            return new ProcessStartInfo(instead);
        var program = typeof(ChildProcess).Assembly.Location;
        return Environment.ProcessPath is { } own && Path.GetFileName(own) == "dotnet"
            ? new ProcessStartInfo(own, [program])
            : new ProcessStartInfo(Path.ChangeExtension(program, null));
    }
}
