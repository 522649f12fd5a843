using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrainingService.Worker.Supervision;

/// <summary>
/// Starts processes on one thread that lives as long as the worker. A child asks the kernel to be killed with its parent, and the
/// kernel's parent is the <em>thread</em> that started it: one of the thread pool, which retires when it is idle, would take it along.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> _orders = [];

    static Spawner() => new Thread(Serve) { IsBackground = true, Name = "spawner" }.Start();

    /// <exception cref="System.ComponentModel.Win32Exception">The system refused: no such program, no more processes, no more open files.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Add((start, started));
        return started.Task;
    }

    private static void Serve()
    {
        foreach (var (start, started) in _orders.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start."));
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }
}
