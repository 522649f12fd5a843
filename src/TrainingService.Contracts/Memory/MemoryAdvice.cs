using TrainingService.Contracts.Jobs;

namespace TrainingService.Contracts.Memory;

/// <summary>What is said about a job that does not fit, before it runs or after.</summary>
public static class MemoryAdvice
{
    private const string General = "Try a smaller batch_size, a smaller model, or a worker with more memory.";

    // The last words of a process whose native code, or whose runtime, could not go on without memory. oneDNN says less than it could.
    private static readonly string[] LastWords =
        ["std::bad_alloc", "can't allocate memory", "Cannot allocate memory", "Out of memory", "could not create a primitive\n", "could not create a memory", "could not execute a primitive\n"];

    /// <summary>Whether the end of a trainer's log says that it ended for want of memory, without a result.</summary>
    /// <param name="stderr">The end of what it wrote.</param>
    public static bool IsOutOfMemory(string stderr) => LastWords.Any(words => (stderr + "\n").Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>The error of a run that ran out of memory.</summary>
    /// <param name="happened">What was seen, as a sentence.</param>
    /// <param name="estimate">What was expected of the job; null when that is not known.</param>
    /// <param name="limitBytes">What it could take; null when that is not known.</param>
    public static JobError OutOfMemory(string happened, MemoryEstimate? estimate, long? limitBytes) => new(
        "out_of_memory",
        estimate is null ? happened : $"{happened} {Breakdown(estimate)}{(limitBytes is { } limit ? $" It may take {ByteSize.Text(limit)}." : "")}",
        estimate is null ? General : Hint(estimate, limitBytes));

    /// <summary>The error of a job that is not even begun, or null when it fits.</summary>
    /// <param name="estimate">What it will take.</param>
    /// <param name="limitBytes">What it may take.</param>
    public static JobError? Refusal(MemoryEstimate estimate, long limitBytes) => estimate.TotalBytes <= limitBytes
        ? null
        : new JobError(
            "out_of_memory",
            $"The job was not begun: it needs about {ByteSize.Text(estimate.TotalBytes)} of memory, and this worker has {ByteSize.Text(limitBytes)} for a job. {Breakdown(estimate)}",
            Hint(estimate, limitBytes));

    /// <summary>What takes the most, in words.</summary>
    public static string Breakdown(MemoryEstimate estimate) =>
        $"The largest parts: {string.Join(", ", estimate.Largest.Select(share => $"{share.Name} {ByteSize.Text(share.Bytes)}"))}.";

    /// <summary>What to do about it: the largest batch that would fit, or that none does.</summary>
    /// <param name="estimate">What the job was expected to take.</param>
    /// <param name="limitBytes">What it may take; null when that is not known.</param>
    public static string Hint(MemoryEstimate estimate, long? limitBytes)
    {
        // The batch that ran out is too large whatever the estimate says.
        var tried = estimate.TotalBytes > limitBytes ? estimate.BatchSize : estimate.BatchSize / 2;
        var fits = limitBytes is { } limit ? Math.Min(estimate.LargestBatch(limit), tried) : tried;
        return fits > 0
            ? $"A batch_size of {fits} {(limitBytes is null ? "takes less" : "should fit")}; it is {estimate.BatchSize} now. Or a smaller model, or a worker with more memory."
            : "No batch_size fits: a smaller model, less data in memory, or a worker with more memory.";
    }
}
