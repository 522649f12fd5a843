namespace TrainingService.Domain.Webhooks;

/// <summary>
/// How far a job's RemoteMonitor has come. The job's events are what is sent; this row is a place in them, so nothing is stored twice, the
/// order is kept, and a crash between sending and writing it down sends the same delivery again with the same id.
/// </summary>
public sealed class Webhook
{
    public required Guid JobId { get; init; }

    /// <summary>Which of the job's RemoteMonitor callbacks, from 0.</summary>
    public required short Number { get; init; }

    /// <summary>Every event up to this one is delivered, dead, or not for it.</summary>
    public long Seq { get; private set; }

    /// <summary>False when the job has ended and everything is sent, or the receiver answered 410.</summary>
    public bool Active { get; private set; }

    /// <summary>Tries of the delivery that is under way.</summary>
    public int Tries { get; private set; }

    public DateTimeOffset NextAt { get; private set; }

    public int Delivered { get; private set; }

    /// <summary>Deliveries that were given up after the last try.</summary>
    public int Dead { get; private set; }

    public string? LastError { get; private set; }
}
