using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using TrainingService.Contracts.Events;

namespace TrainingService.Api.Events;

/// <summary>One reader's place in a job's feed: what it has not read yet, at most <see cref="Capacity"/> events.</summary>
internal sealed class Subscriber
{
    public const int Capacity = 1_024;

    /// <summary>Progress may take this much of the room; the rest is for events, which must not be lost.</summary>
    private const int ProgressCapacity = Capacity / 4;

    private readonly Channel<JobEvent> _events = Channel.CreateBounded<JobEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    private volatile bool _isLive;
    private volatile bool _isBehind;

    /// <summary>Events after the feed's place at the time of joining.</summary>
    public ChannelReader<JobEvent> Events => _events.Reader;

    /// <summary>More came than there was room for: it has to read the rows again from where it stands.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>It has read the rows and follows now; progress makes sense from here on.</summary>
    public void GoLive() => _isLive = true;

    /// <returns>False when there was no room; nothing more will come then.</returns>
    public bool TryPass(JobEvent stored)
    {
        if (_events.Writer.TryWrite(stored))
            return true;
        _isBehind = true;
        _events.Writer.TryComplete(new SlowSubscriberException(stored.JobId));
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
    HubException($"slow_subscriber: more than {Subscriber.Capacity} events of job {jobId} waited to be read. Subscribe again after the last one received.");

/// <summary>There is no job of that id.</summary>
internal sealed class JobNotFoundException(Guid jobId) : HubException($"job_not_found: there is no job {jobId}.");
