using TrainingService.Contracts.Events;

namespace TrainingService.Domain.Events;

/// <summary>A call that something happened. It says where to look; what happened stands in the rows.</summary>
public abstract record Bell
{
    internal const string EventsChannel = "training_events";
    internal const string CancelChannel = "training_cancel";
    internal const string ProgressChannel = "training_progress";

    private protected Bell()
    {
    }
}

/// <summary>The job has new events.</summary>
public sealed record EventsBell(Guid JobId) : Bell;

/// <summary>How far an epoch is; not stored, may be missed.</summary>
public sealed record ProgressBell(JobEvent Progress) : Bell;

/// <summary>Somebody asked to cancel the job.</summary>
public sealed record CancelBell(Guid JobId) : Bell;

/// <summary>The listener is connected, the first time or again: bells may have been missed, so read the rows.</summary>
public sealed record ReconnectedBell : Bell;
