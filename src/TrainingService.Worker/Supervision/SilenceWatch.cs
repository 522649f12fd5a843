namespace TrainingService.Worker.Supervision;

/// <summary>
/// Notices that a process says nothing any more. Only time in which this process ran and listened counts: neither a worker that was
/// itself stopped for a while nor one that waits for its database takes that for its silence.
/// </summary>
internal sealed class SilenceWatch : IAsyncDisposable
{
    private static readonly TimeSpan _longestTick = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stalled = new();
    private readonly Task _watching;
    private readonly int _limit;
    private volatile bool _listening = true;
    private int _ticks;

    public SilenceWatch(TimeSpan limit, TimeProvider time)
    {
        Limit = limit;
        var tick = limit / 10 < _longestTick ? limit / 10 : _longestTick;
        _limit = (int)Math.Ceiling(limit / tick);
        _timer = new PeriodicTimer(tick, time);
        Stalled = _stalled.Token;
        _watching = WatchAsync();
    }

    public TimeSpan Limit { get; }

    /// <summary>Cancelled when the silence was too long.</summary>
    public CancellationToken Stalled { get; }

    /// <summary>Something came; until <see cref="Listen"/> nobody listens for more.</summary>
    public void Heard() => _listening = false;

    public void Listen()
    {
        Volatile.Write(ref _ticks, 0);
        _listening = true;
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
        _stalled.Dispose();
    }

    private async Task WatchAsync()
    {
        // Ticks that a stopped process missed come as one.
        while (await _timer.WaitForNextTickAsync())
        {
            if (_listening && Interlocked.Increment(ref _ticks) > _limit)
            {
                await _stalled.CancelAsync();
                return;
            }
        }
    }
}
