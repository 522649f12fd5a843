using System.Threading.Channels;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>The one reader of a watched job: it reads the rows that came when the bell rings and passes them to every subscriber, never waiting for one.</summary>
internal sealed class JobFeed : IDisposable
{
    private const int PageSize = 500;

    private readonly Guid _jobId;
    private readonly EventRows _rows;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<Subscriber> _subscribers = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;
    private bool _ended;
    private Exception? _failure;

    public JobFeed(Guid jobId, EventRows rows, ILogger logger)
    {
        _jobId = jobId;
        _rows = rows;
        _logger = logger;
        Pages = new SharedPages(jobId, rows, _stop.Token);
    }

    /// <summary>What was before its subscribers came.</summary>
    public SharedPages Pages { get; }

    /// <summary>Subscribers that use this feed; guarded by the relay.</summary>
    public int Users { get; set; }

    /// <summary>Done when the feed knows its place; fails when there is no such job or no database.</summary>
    public Task Started => _started.Task;

    /// <summary>It reads no more, and not because the job has ended.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_gate)
                return _failure is not null;
        }
    }

    /// <summary>Reads until the job has ended, is deleted, or nobody watches.</summary>
    public async Task RunAsync()
    {
        try
        {
            await StartAsync(_stop.Token);
            while (!_ended)
            {
                await ReadNewAsync(_stop.Token);
                if (!_ended)
                    await _wake.Reader.ReadAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Fail(new OperationCanceledException("Nobody watches any more."));
        }
        catch (Exception exception)
        {
            Fail(exception);
            if (exception is not JobNotFoundException)
                _logger.Log(exception.IsDatabaseOutage() ? LogLevel.Warning : LogLevel.Error, exception, "The feed of job {JobId} failed; its subscribers come back with their numbers.", _jobId);
        }
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Number of the last event that was passed on.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Whether there are rows that it has not read.</summary>
    public bool IsBehind(long lastSeq) => !_ended && lastSeq > Position;

    /// <summary>Takes a subscriber in.</summary>
    /// <returns>The feed's place: events after it come to the subscriber, those up to it are the subscriber's to read.</returns>
    public long Join(Subscriber subscriber)
    {
        lock (_gate)
        {
            if (_ended || _failure is not null)
                subscriber.End(_failure);
            else
                _subscribers.Add(subscriber);
            return _position;
        }
    }

    public void Leave(Subscriber subscriber)
    {
        lock (_gate)
            _subscribers.Remove(subscriber);
    }

    public void PassProgress(JobEvent progress)
    {
        var passed = new FeedEvent(progress);
        lock (_gate)
        {
            foreach (var subscriber in _subscribers)
                subscriber.PassProgress(passed);
        }
    }

    public void Dispose()
    {
        // Asynchronously, because cancelling a query talks to the database. The source is not disposed: the reader may still look at
        // its token, and without a timer it holds nothing.
        _ = _stop.CancelAsync();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        var head = await _rows.ReadHeadAsync(_jobId, ct) ?? throw new JobNotFoundException(_jobId);
        Interlocked.Exchange(ref _position, head.LastSeq);
        _ended = head.Status.IsTerminal();
        _started.TrySetResult();
    }

    private async Task ReadNewAsync(CancellationToken ct)
    {
        try
        {
            var events = await _rows.ReadAsync(_jobId, _position, PageSize, ct);
            if (events.Count == 0 && await _rows.ReadHeadAsync(_jobId, ct) is null)
                throw new JobNotFoundException(_jobId);
            while (events.Count > 0)
            {
                Pass(events);
                events = _ended || events.Count < PageSize ? [] : await _rows.ReadAsync(_jobId, _position, PageSize, ct);
            }
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            // The rows stay where they are: the next bell or poll reads them.
            _logger.LogWarning(exception, "The events of job {JobId} could not be read; reading again when the database is back.", _jobId);
        }
    }

    private void Pass(IReadOnlyList<FeedEvent> events)
    {
        lock (_gate)
        {
            _subscribers.RemoveAll(subscriber => !events.All(subscriber.TryPass));
            Interlocked.Exchange(ref _position, events[^1].Seq ?? throw new InvalidOperationException("A stored event has a number."));
            if (events[^1].Type != EventTypes.Terminal)
                return;
            _ended = true;
            EndAll(null);
        }
    }

    private void Fail(Exception reason)
    {
        lock (_gate)
        {
            _failure = reason;
            EndAll(reason);
        }
        if (_started.TrySetException(reason))
            _ = _started.Task.Exception;
    }

    private void EndAll(Exception? reason)
    {
        foreach (var subscriber in _subscribers)
            subscriber.End(reason);
        _subscribers.Clear();
    }
}
