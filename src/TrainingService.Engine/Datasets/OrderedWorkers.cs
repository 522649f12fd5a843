using System.Diagnostics;
using System.Runtime.ExceptionServices;
using TorchSharp;

namespace TrainingService.Engine.Datasets;

/// <summary>Threads that prepare batches, which are given out in their order.</summary>
internal sealed class OrderedWorkers : IDisposable
{
    private const int Window = 16;
    private const double Tolerated = 0.05;

    private readonly Lock _orders = new(); // who has it takes the next order
    private readonly object _gate = new(); // guards what follows
    private readonly Dictionary<long, (Batch? Batch, ExceptionDispatchInfo? Failure)> _ready = [];
    private long _started, _taken, _end = long.MaxValue;
    private bool _stopped;
    private int _ahead;

    private readonly IEnumerator<BatchOrder> _source;
    private readonly Func<int, BatchMaker> _makerOf;
    private readonly List<Thread> _threads = [];
    private readonly Stopwatch _waiting = new(), _computing = new();
    private int _inWindow;

    /// <param name="source">What to prepare; disposed of at the end.</param>
    /// <param name="makerOf">Who prepares on a thread, by its number from 0.</param>
    /// <param name="workers">Threads to begin with.</param>
    /// <param name="ahead">How many batches are ready in advance.</param>
    public OrderedWorkers(IEnumerator<BatchOrder> source, Func<int, BatchMaker> makerOf, int workers, int ahead)
    {
        (_source, _makerOf, _ahead) = (source, makerOf, ahead);
        for (var i = 0; i < workers; i++)
            Start();
    }

    /// <summary>Threads at most; more than at the beginning are started while the batches are waited for.</summary>
    public int MostWorkers { get; init; }

    /// <summary>Whether more batches may be ready where there are more threads.</summary>
    public bool ChoosesAhead { get; init; }

    /// <summary>The next batch, or null at the end.</summary>
    public Batch? Next()
    {
        _computing.Stop();
        _waiting.Start();
        try
        {
            lock (_gate)
            {
                (Batch? Batch, ExceptionDispatchInfo? Failure) next;
                while (!_ready.Remove(_taken, out next))
                {
                    if (_taken >= _end)
                        return null;
                    Monitor.Wait(_gate);
                }
                _taken++;
                Monitor.PulseAll(_gate);
                next.Failure?.Throw();
                return next.Batch;
            }
        }
        finally
        {
            _waiting.Stop();
            _computing.Start();
        }
    }

    /// <summary>A batch was computed with: from time to time, looks whether another thread would keep the model from waiting.</summary>
    public void Computed()
    {
        if (++_inWindow < Window)
            return;
        _inWindow = 0;
        if (_threads.Count < MostWorkers && _waiting.Elapsed > Tolerated * (_waiting.Elapsed + _computing.Elapsed))
        {
            if (ChoosesAhead)
            {
                lock (_gate)
                    _ahead = Math.Max(_ahead, 4 * (_threads.Count + 1));
            }
            Start();
        }
        _waiting.Reset();
        _computing.Reset();
    }

    private void Start()
    {
        var maker = _makerOf(_threads.Count); // here, as makers are made by one thread
        var thread = new Thread(() => Work(maker)) { IsBackground = true, Name = $"prefetch {_threads.Count}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work(BatchMaker maker)
    {
        if (maker.Maps)
            torch.set_num_threads(1); // of this thread
        while (TakeOrder() is var (ticket, order))
        {
            (Batch?, ExceptionDispatchInfo?) result;
            try
            {
                result = (maker.Make(order.Rows, order.Drawing), null);
            }
            catch (Exception failure)
            {
                result = (null, ExceptionDispatchInfo.Capture(failure)); // rethrown where the batch is taken
            }
            lock (_gate)
            {
                _ready.Add(ticket, result);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private (long Ticket, BatchOrder Order)? TakeOrder()
    {
        lock (_orders)
        {
            lock (_gate)
            {
                while (!_stopped && _started < _end && _started - _taken >= _ahead)
                    Monitor.Wait(_gate);
                if (_stopped || _started >= _end)
                    return null;
            }
            try
            {
                if (_source.MoveNext())
                    return (_started++, _source.Current);
                lock (_gate)
                {
                    _end = _started;
                    Monitor.PulseAll(_gate);
                }
            }
            catch (Exception failure)
            {
                lock (_gate)
                {
                    _ready.Add(_started, (null, ExceptionDispatchInfo.Capture(failure)));
                    _end = ++_started;
                    Monitor.PulseAll(_gate);
                }
            }
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true; // the epoch may be left early
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads)
            thread.Join();
        foreach (var (batch, _) in _ready.Values)
            batch?.Dispose();
        _source.Dispose();
    }
}
