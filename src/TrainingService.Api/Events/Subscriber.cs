using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;

namespace TrainingService.Api.Events;

/// <summary>One reader's place in a job's feed: what it has not read yet, at most <see cref="Capacity"/> events of together at most <see cref="CapacityBytes"/>.</summary>
internal sealed class Subscriber(TimeProvider time)
{
    public const int Capacity = 1_024;

    /// <summary>Past it a reader counts as behind however few its events are, so that slow readers of long texts are no burden.</summary>
    private const int CapacityBytes = 512 * 1024;

    /// <summary>Progress may take this much of the room; the rest is for events, which must not be lost.</summary>
    private const int ProgressCapacity = Capacity / 4;

    private readonly Channel<FeedEvent> _events = Channel.CreateBounded<FeedEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>A reader that comes back within it was only busy, and reads what it missed from the rows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _isLive;
    private int _waitingBytes;
    private long _behindSince;

    /// <summary>Events after the feed's place at the time of joining.</summary>
    public async IAsyncEnumerable<FeedEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var next in _events.Reader.ReadAllAsync(ct))
        {
            Interlocked.Add(ref _waitingBytes, -next.Json.Length);
            yield return next;
        }
    }

    /// <summary>More came than there was room for: nothing more comes here, and the rows have to be read from where the reader stands.</summary>
    public bool IsBehind => Interlocked.Read(ref _behindSince) != 0;

    /// <summary>It fell behind and did not come back in time.</summary>
    public bool IsLost => Interlocked.Read(ref _behindSince) is not 0 and var since && time.GetElapsedTime(since) > Patience;

    /// <summary>It has read the rows and follows now; progress makes sense from here on.</summary>
    public void GoLive() => _isLive = true;

    /// <returns>False when there was no room; nothing more will come then.</returns>
    public bool TryPass(FeedEvent stored)
    {
        if (Interlocked.Add(ref _waitingBytes, stored.Json.Length) <= CapacityBytes && _events.Writer.TryWrite(stored))
            return true;
        Interlocked.Exchange(ref _behindSince, Math.Max(time.GetTimestamp(), 1));
        _events.Writer.TryComplete();
        return false;
    }

    /// <summary>Progress is dropped when the reader is busy.</summary>
    public void PassProgress(FeedEvent progress)
    {
        if (_isLive && _events.Reader.Count < ProgressCapacity && _events.Writer.TryWrite(progress))
            Interlocked.Add(ref _waitingBytes, progress.Json.Length);
    }

    public void End(Exception? reason = null) => _events.Writer.TryComplete(reason);
}

/// <summary>The reader did not keep up; it loses its place and comes back with the number of its last event.</summary>
internal sealed class SlowSubscriberException(Guid jobId) :
    HubException($"slow_subscriber: the events of job {jobId} were not read. Subscribe again after the last one received.");

/// <summary>There is no job of that id, or not any more.</summary>
internal sealed class JobNotFoundException(Guid jobId) : HubException($"job_not_found: there is no job {jobId}.");
