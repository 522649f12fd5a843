using Microsoft.Extensions.Logging;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Supervision;

/// <summary>
/// The right to write about a run. Renews itself every third of its time until disposed. An unreachable database does not end it: only
/// the database's own answer that somebody else has the job does.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    private readonly string _subject;
    private readonly Func<CancellationToken, Task<LeaseState>> _renew;
    private readonly TimeSpan _duration;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stopRequested = new();
    private readonly CancellationTokenSource _released = new();
    private readonly SemaphoreSlim _beatNow = new(0);
    private readonly Task _beating;

    /// <param name="subject">What is held, for the log.</param>
    /// <param name="requested">What somebody asks for already.</param>
    /// <param name="renew">Extends the lease in the database.</param>
    /// <param name="duration">How long it lasts without being renewed.</param>
    /// <param name="logger">Hears of heartbeats that fail.</param>
    public Lease(string subject, string? requested, Func<CancellationToken, Task<LeaseState>> renew, TimeSpan duration, ILogger logger)
    {
        (_subject, _renew, _duration, _logger) = (subject, renew, duration, logger);
        Lost = _lost.Token;
        StopRequested = _stopRequested.Token;
        Requested = requested;
        if (Requested is not null)
            _stopRequested.Cancel();
        _beating = Task.Run(BeatAsync);
    }

    /// <summary>Cancelled when another worker has the job: nothing may be written any more.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Cancelled when somebody asked to pause or to cancel, and so for good, even if the wish was taken back.</summary>
    public CancellationToken StopRequested { get; }

    /// <summary>What somebody asks for, as of the last heartbeat.</summary>
    public string? Requested { get; private set; }

    /// <summary>Asks the database at once instead of at the next beat: a bell rang.</summary>
    public void BeatNow() => _beatNow.Release();

    /// <summary>A fenced write found out before the heartbeat did.</summary>
    public void MarkLost() => _lost.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _beating;
        _released.Dispose();
        _lost.Dispose();
        _stopRequested.Dispose();
        _beatNow.Dispose();
    }

    private async Task BeatAsync()
    {
        try
        {
            for (var wait = _duration / 3; !_lost.IsCancellationRequested;)
            {
                await _beatNow.WaitAsync(wait, _released.Token);
                wait = await TryBeatAsync() ? _duration / 3 : _duration / 15;
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
            _logger.LogDebug("The lease of {Subject} is released.", _subject);
        }
    }

    private async Task<bool> TryBeatAsync()
    {
        try
        {
            var state = await _renew(_released.Token);
            if (!state.Held)
                await _lost.CancelAsync();
            else
                await TakeAsync(state.Requested);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A heart that stops at its first error loses the job; the next beat comes sooner instead.
            _logger.LogWarning(exception, "A heartbeat of {Subject} failed.", _subject);
            return false;
        }
    }

    private async Task TakeAsync(string? requested)
    {
        if (requested == Requested)
            return;
        _logger.LogInformation("{Subject}: asked to {Requested}.", _subject, requested ?? "go on");
        Requested = requested;
        if (requested is not null)
            await _stopRequested.CancelAsync();
    }
}
