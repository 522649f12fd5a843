using TrainingService.Contracts.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>What the exit code of a trainer that left no result says.</summary>
internal static class TrainerExit
{
    private const int ShownChars = 2_000;

    /// <summary>The error that the job ends with when this was its last attempt; the log file of the run has all of stderr.</summary>
    public static JobError Describe(int exitCode, string stderrTail)
    {
        var (what, hint) = exitCode switch
        {
            134 => ("libtorch aborted (SIGABRT)", "The end of the trainer's log says on which operation."),
            137 => ("it was killed (SIGKILL)", "When the machine ran out of memory: a smaller batch_size, or more memory for the worker."),
            139 => ("it crashed in native code (SIGSEGV)", "The end of the trainer's log may say where."),
            143 => ("it was terminated (SIGTERM)", null),
            0 => ("it ended without a result", null),
            _ => ("it failed", (string?)null),
        };
        var end = stderrTail.Length > ShownChars ? "…" + stderrTail[^ShownChars..] : stderrTail;
        return new JobError(
            "poison",
            $"The trainer died: {what}, exit code {exitCode}.{(end.Length > 0 ? $" The end of its log:\n{end}" : "")}",
            hint);
    }
}
