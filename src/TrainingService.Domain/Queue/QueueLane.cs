namespace TrainingService.Domain.Queue;

/// <summary>Where in its queue a job waits. A worker takes from a lane when the lanes before it are empty.</summary>
public enum QueueLane
{
    /// <summary>It ran already: its worker was lost, it was handed back, or resumed.</summary>
    Again,

    /// <summary>Priority high.</summary>
    High,

    /// <summary>Priority normal.</summary>
    Normal,

    /// <summary>Priority low.</summary>
    Low,
}

/// <summary>A job that is to be put on the queue.</summary>
public sealed record Offer(Guid JobId, string Queue, QueueLane Lane);
