using System.Diagnostics;

namespace TrainingService.Worker.Child;

/// <summary>
/// Listens to the worker on stdin: the line <c>stop</c> asks to end cleanly, and the worker keeps the clock. The end of the stream means
/// that the worker is gone: a run that has not ended shortly after is killed, wherever it is stuck.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly TimeSpan _graceAfterWorker = TimeSpan.FromSeconds(3);

    // Used by the listening thread until the process is gone, and therefore never disposed of.
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ended = new();

    private StopSignal()
    {
    }

    public CancellationToken Token => _stop.Token;

    public static StopSignal Listen()
    {
        var signal = new StopSignal();
        new Thread(signal.Read) { IsBackground = true, Name = "stop signal" }.Start();
        return signal;
    }

    /// <summary>The run has ended by itself; the process is on its way out, and the thread goes with it.</summary>
    public void Dispose() => _ended.Set();

    private void Read()
    {
        using var stdin = new StreamReader(Console.OpenStandardInput());
        while (stdin.ReadLine() is { } line)
        {
            if (line == "stop")
                RequestStop();
            else
                Console.Error.WriteLine($"stdin: expected \"stop\". Received: \"{line}\".");
        }
        RequestStop();
        if (!_ended.Wait(_graceAfterWorker))
            Process.GetCurrentProcess().Kill();
    }

    // Not on this thread: what is registered may take its time, and the clock above must not wait for it.
    private void RequestStop() => _ = _stop.CancelAsync();
}
