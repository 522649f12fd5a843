using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using TrainingService.Contracts.Events;

namespace TrainingService.Api.Events;

/// <summary>One reader's place in a job's feed: what it has not read yet, at most <see cref="Capacity"/> events.</summary>
internal sealed class Subscriber(TimeProvider time)
{
    public const int Capacity = 1_024;

    /// <summary>Progress may take this much of the room; the rest is for events, which must not be lost.</summary>
    private const int ProgressCapacity = Capacity / 4;

    private readonly Channel<JobEvent> _events = Channel.CreateBounded<JobEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>A reader that comes back within it was only busy, and reads what it missed from the rows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _isLive;
    private long _behindSince;

    /// <summary>Events after the feed's place at the time of joining.</summary>
    public ChannelReader<JobEvent> Events => _events.Reader;

    /// <summary>More came than there was room for: nothing more comes here, and the rows have to be read from where the reader stands.</summary>
    public bool IsBehind => Interlocked.Read(ref _behindSince) != 0;

    /// <summary>It fell behind and did not come back in time.</summary>
    public bool IsLost => Interlocked.Read(ref _behindSince) is not 0 and var since && time.GetElapsedTime(since) > Patience;

    /// <summary>It has read the rows and follows now; progress makes sense from here on.</summary>
    public void GoLive() => _isLive = true;

    /// <returns>False when there was no room; nothing more will come then.</returns>
    public bool TryPass(JobEvent stored)
    {
        if (_events.Writer.TryWrite(stored))
            return true;
        Interlocked.Exchange(ref _behindSince, Math.Max(time.GetTimestamp(), 1));
        _events.Writer.TryComplete();
        return false;
    }

    /// <summary>Progress is dropped when the reader is busy.</summary>
    public void PassProgress(JobEvent progress)
    {
        if (_isLive && _events.Reader.Count < ProgressCapacity)
            _events.Writer.TryWrite(progress);
    }

    public void End(Exception? reason = null) => _events.Writer.TryComplete(reason);
}

/// <summary>The reader did not keep up; it loses its place and comes back with the number of its last event.</summary>
internal sealed class SlowSubscriberException(Guid jobId) :
    HubException($"slow_subscriber: the events of job {jobId} were not read. Subscribe again after the last one received.");

/// <summary>There is no job of that id, or not any more.</summary>
internal sealed class JobNotFoundException(Guid jobId) : HubException($"job_not_found: there is no job {jobId}.");
