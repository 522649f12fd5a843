using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;

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

    /// <summary>
    /// Memory that a trainer on the CPU may take; a job that needs more is refused, and one that takes more ends as out of memory. Null: an equal
    /// share of what the container or the machine has, less an eighth (at least 512 MiB) for everything else.
    /// </summary>
    [Range(64L << 20, 1L << 50)]
    public long? MemoryPerJobBytes { get; init; }

    /// <summary>What a trainer gets to stop cleanly before it is killed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Names of the queues it serves; null: <c>cpu</c>, and <c>gpu</c> where <see cref="Devices"/> names a CUDA device.</summary>
    public IReadOnlyList<string>? Queues { get; init; }

    /// <summary>What it offers to jobs, for people to see: <c>cpu</c>, <c>cuda:0</c>; null: the CPU, and each CUDA device that the system shows.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>How long a trainer may say nothing, where its job does not say: then it is killed, and the job tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a run waits for a full disk to get room before it fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StorageFullPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A program to start for every run in place of this one's <c>train</c> verb, with the same arguments: a script that sets limits or
    /// binds cores and then <c>exec</c>s the worker program. The trainer must be the worker's own child: it goes when its parent is gone.
    /// </summary>
    public string? TrainerProgram { get; init; }

    /// <summary>Data sets that are read at the same time, beside the jobs; 0 leaves that to other workers.</summary>
    [Range(0, 64)]
    public int MaxConcurrentIngests { get; init; } = 1;

    /// <summary>Threads of each; null: one for every core.</summary>
    [Range(1, 1_024)]
    public int? IngestThreads { get; init; }

    /// <summary>Memory that the process may take that reads a data set's files.</summary>
    [Range(256L << 20, 1L << 50)]
    public long IngestMemoryBytes { get; init; } = 1L << 30;

    /// <summary>How long that may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan IngestTimeLimit { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Bytes that a version's stored form may have: a small file can unpack into a large one.</summary>
    [Range(1L << 20, 1L << 50)]
    public long IngestMaxBytes { get; init; } = 1L << 40;

    /// <summary>A program to start for every data set in place of this one's <c>inspect</c> verb; as <see cref="TrainerProgram"/>.</summary>
    public string? InspectProgram { get; init; }

    /// <summary>How often content that nothing names and folders of ended runs are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan GarbageInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often lost leases and forgotten rows are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a queued row may wait, beside a slot that was free all that time, before it counts as forgotten by the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan QueuedFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same while this worker has jobs to take.</summary>
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

/// <summary>Names of queues have the form that a job's have, or no job would ever come.</summary>
internal sealed partial class WorkerQueuesValidator : IValidateOptions<WorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        var wrong = options.Queues?.FirstOrDefault(queue => !QueueName().IsMatch(queue));
        return wrong is null && options.Queues is not { Count: 0 }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Queues: expected at least one name of 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter. Received: {(wrong is null ? "none" : $"\"{wrong}\"")}.");
    }

    [GeneratedRegex($"^({JobSpec.QueueName})$", RegexOptions.CultureInvariant)]
    private static partial Regex QueueName();
}
