namespace TrainingService.Engine.Training;

/// <summary>
/// Beats while a run makes progress: with every layer that computes, every batch, every part of the data that is read. Whoever watches it can tell
/// a slow batch from one that hangs.
/// </summary>
public static class Pulse
{
    private static long _beats, _batches;

    /// <summary>Beats so far, of all runs of this process.</summary>
    public static long Beats => Volatile.Read(ref _beats);

    /// <summary>Batches and phases done, of all runs of this process.</summary>
    public static long Batches => Volatile.Read(ref _batches);

    /// <summary>A batch or a phase was done.</summary>
    public static void BeatBatch()
    {
        Volatile.Write(ref _batches, _batches + 1);
        Beat();
    }

    /// <summary>Something was done. Threads that beat together may lose a beat, which changes nothing.</summary>
    public static void Beat() => Volatile.Write(ref _beats, _beats + 1);
}
