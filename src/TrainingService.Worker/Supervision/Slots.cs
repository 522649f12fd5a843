namespace TrainingService.Worker.Supervision;

/// <summary>How many of a queue's server's slots are taken, and for how long nothing came to a free one.</summary>
internal sealed class Slots(int count, TimeProvider time)
{
    private long _lastTaken = time.GetTimestamp();
    private int _taken;

    /// <summary>Whether a slot was free for so long and nothing came: then the queue has nothing for this worker.</summary>
    public bool AreIdleFor(TimeSpan span) =>
        Volatile.Read(ref _taken) < count && time.GetElapsedTime(Volatile.Read(ref _lastTaken)) >= span;

    /// <summary>Takes one until the work is done; it is free from then on, and takes the next if there is any.</summary>
    public async Task HoldAsync(Func<Task> work)
    {
        Interlocked.Increment(ref _taken);
        Volatile.Write(ref _lastTaken, time.GetTimestamp());
        try
        {
            await work();
        }
        finally
        {
            Volatile.Write(ref _lastTaken, time.GetTimestamp());
            Interlocked.Decrement(ref _taken);
        }
    }
}
