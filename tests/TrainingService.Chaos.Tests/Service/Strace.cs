using System.Diagnostics;
using TrainingService.Testing;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>strace on a running program: writes down its system calls, makes them fail, or kills it at one.</summary>
internal sealed class Strace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _strace;
    private readonly string _log;

    private Strace(Process strace, string log) => (_strace, _log) = (strace, log);

    /// <summary>Attaches to a process and all its threads, and to the children that it starts from now on.</summary>
    /// <param name="process">The process.</param>
    /// <param name="expressions">Such as <c>inject=fsync:error=EIO</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Strace> AttachAsync(int process, IReadOnlyList<string> expressions, CancellationToken ct)
    {
        Needs.Program("strace");
        var log = Path.GetTempFileName();
        var start = new ProcessStartInfo("strace", ["-f", "-y", "-s", "4096", "-o", log, "-p", $"{process}", .. expressions.SelectMany(expression => new[] { "-e", expression })])
        {
            RedirectStandardError = true,
        };
        var strace = Process.Start(start)!;
        // It says so when it has all threads.
        while (await strace.StandardError.ReadLineAsync(ct) is { } line)
        {
            if (line.Contains("attached", StringComparison.Ordinal))
            {
                _ = strace.StandardError.ReadToEndAsync(CancellationToken.None);
                return new Strace(strace, log);
            }
            if (line.Contains("Operation not permitted", StringComparison.Ordinal) && !Needs.IsCi)
                Assert.Skip($"strace may not attach to processes here: {line}");
        }
        throw new InvalidOperationException($"strace did not attach to process {process}.");
    }

    /// <summary>What it has written down so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n');
        }
    }

    public int Injected => Lines.Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));

    /// <summary>Waits until something was made to fail.</summary>
    public async Task WaitForInjectionAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Injected == 0)
            await timer.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Lets go; what it was attached to runs on.</summary>
    public async Task DetachAsync()
    {
        if (_strace.HasExited)
            return;
        Signals.Send(_strace.Id, Signal.Interrupt);
        try
        {
            await _strace.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            // It waits for a process that has ended and that nobody has reaped; a tracer that is killed lets go as well.
            Signals.Send(_strace.Id, Signal.Kill);
            await _strace.WaitForExitAsync().WaitAsync(Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DetachAsync();
        _strace.Dispose();
        File.Delete(_log);
    }
}
