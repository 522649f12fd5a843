using System.Runtime.ExceptionServices;
using TorchSharp;

namespace TrainingService.Engine.Distribution;

/// <summary>
/// A thread of one replica's own: libtorch's dispose scopes, gradient mode and number of threads belong to a thread. It does one thing at a
/// time; what goes wrong in it is thrown where its end is awaited.
/// </summary>
internal sealed class ReplicaThread : IDisposable
{
    private readonly SemaphoreSlim _begin = new(0), _end = new(0);
    private readonly Thread _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _failure;
    private bool _running;

    /// <param name="name">Shown by debuggers.</param>
    /// <param name="threads">Threads that libtorch uses for one operation of this replica.</param>
    public ReplicaThread(string name, int threads)
    {
        _thread = new Thread(() => Loop(threads)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins some work.</summary>
    public void Begin(Action work)
    {
        _work = work;
        _running = true;
        _begin.Release();
    }

    /// <summary>Waits for what was begun, if anything was.</summary>
    public void Wait()
    {
        if (!_running)
            return;
        _end.Wait();
        _running = false;
        Interlocked.Exchange(ref _failure, null)?.Throw();
    }

    private void Loop(int threads)
    {
        torch.set_num_threads(threads);
        while (true)
        {
            _begin.Wait();
            if (_work is not { } work)
                return;
            try
            {
                work();
            }
            catch (Exception failure)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }
            _end.Release();
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        if (_running)
            _end.Wait();
        _work = null;
        _begin.Release();
        _thread.Join();
        _begin.Dispose();
        _end.Dispose();
    }
}
