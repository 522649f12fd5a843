using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Memory;
using TrainingService.Domain.Storage;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>What is to be said about a trainer that left no result: by its exit code and the end of its log.</summary>
internal static class TrainerExit
{
    private const int ShownChars = 2_000;

    // What the system and the runtime say when a limit is reached, and what to do about it.
    private static readonly (string Text, string Hint)[] _limits =
    [
        ("Limit of ", "It is a limit of the system that the worker runs on."),
        ("Too many open files", "Raise the worker's limit of open files (ulimit -n, LimitNOFILE, --ulimit nofile)."),
        ("Resource temporarily unavailable", "Raise the worker's limit of processes and threads (pids.max, ulimit -u, TasksMax, --pids-limit)."),
        ("Failed to create CoreCLR", "The runtime did not start: raise the worker's limits of open files, of processes and threads, and of memory."),
        ("No space left on device", "Free some room on the disk of Storage:Root."),
    ];

    /// <summary>The error that the job ends with when this was its last attempt; the log file of the run has all of stderr.</summary>
    public static JobError Describe(int exitCode, string stderrTail)
    {
        var (what, hint) = exitCode switch
        {
            ExitCodes.Aborted => ("libtorch aborted (SIGABRT)", "The end of the trainer's log says on which operation."),
            ExitCodes.Killed => (ExitCodes.Name(exitCode), "When the machine ran out of memory: a smaller batch_size, or more memory for the worker."),
            ExitCodes.Crashed => (ExitCodes.Name(exitCode), "The end of the trainer's log may say where."),
            _ => (ExitCodes.Name(exitCode), (string?)null),
        };
        return new JobError(StopReason.Poison.ToText(), $"The trainer died: {what}, exit code {exitCode}.{EndOf(stderrTail)}", HintOf(stderrTail) ?? hint);
    }

    /// <summary>Whether it ended for want of memory: the kernel says so, or native code's last words.</summary>
    public static bool IsOutOfMemory(TrainerEnd end, string stderrTail) =>
        end.OutOfMemory || (end.ExitCode == ExitCodes.Aborted && MemoryAdvice.IsOutOfMemory(stderrTail));

    /// <summary>It ended for want of memory.</summary>
    public static JobError OutOfMemory(TrainerEnd end, RunMemory? memory) => MemoryAdvice.OutOfMemory(
        end.OutOfMemory
            ? $"The trainer used more memory than its control group has and was killed by the kernel, exit code {end.ExitCode}."
            : $"The trainer got no more memory and aborted, exit code {end.ExitCode}.",
        memory?.Estimate, memory?.LimitBytes);

    /// <summary>It made no progress any more and was killed.</summary>
    public static JobError Stalled(TimeSpan silence, string stderrTail) => new(
        StopReason.Stalled.ToText(),
        $"The trainer made no progress for {silence.TotalSeconds:0.#} s and was killed.{EndOf(stderrTail)}",
        "When a single batch takes that long: raise stopping.max_silence_seconds.");

    /// <summary>It did not even start.</summary>
    public static JobError NotStarted(string reason) =>
        new(StopReason.Poison.ToText(), $"The trainer could not be started: {reason}", HintOf(reason));

    private static string? HintOf(string text) =>
        _limits.FirstOrDefault(limit => text.Contains(limit.Text, StringComparison.OrdinalIgnoreCase)).Hint;

    private static string EndOf(string stderrTail) =>
        stderrTail.Length == 0 ? "" : $" The end of its log:\n{(stderrTail.Length > ShownChars ? "…" + stderrTail[^ShownChars..] : stderrTail)}";
}
