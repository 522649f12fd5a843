using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TrainingService.Worker.Queue;

/// <summary>Section <c>Worker</c> of the configuration.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Runs at the same time; each is a process of its own.</summary>
    [Range(1, 256)]
    public int MaxConcurrentJobs { get; init; } = 1;

    /// <summary>libtorch's threads of a job that asks for no number; null gives each an equal share of the cores.</summary>
    [Range(1, 1_024)]
    public int? ThreadsPerJob { get; init; }

    /// <summary>What a trainer gets to stop cleanly before it is killed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often lost leases and forgotten rows are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a queued row may wait, beside a free slot, before it counts as forgotten by the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan QueuedFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same while every slot of this worker is taken.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QueuedForWhileBusy { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Lines of a trainer's stderr that become log events of the job; its log file has all of them.</summary>
    [Range(0, 1_000_000)]
    public int MaxStderrEvents { get; init; } = 500;

    /// <summary>Size at which a trainer's log file stops growing.</summary>
    [Range(1L << 16, 1L << 40)]
    public long MaxStderrBytes { get; init; } = 64L << 20;
}

[OptionsValidator]
internal sealed partial class WorkerOptionsValidator : IValidateOptions<WorkerOptions>;
