using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Contracts.Trainer;

/// <summary>What a trainer process is told, as the file <c>plan.json</c>; it knows no database.</summary>
/// <param name="JobId">For its logs.</param>
/// <param name="Attempt">For its logs.</param>
/// <param name="Spec">The resolved spec.</param>
/// <param name="Datasets">Every data set that the spec names, with the folder its files are in.</param>
/// <param name="OutputDirectory">Where it writes its files.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="WorkerProcessId">The process that supervises it; when that one is gone, so is the trainer.</param>
/// <param name="Resume">The checkpoint to go on from; null begins anew.</param>
/// <param name="ResumeFallbacks">Others, newest first, for when that one cannot be read.</param>
/// <param name="RunSecondsBefore">Running time of the attempts before, which counts against <c>stopping.max_runtime_seconds</c>.</param>
/// <param name="ContinueFrom">
/// The checkpoint is another job's, at its end: weights, optimizer, random streams and history go on from there, callbacks begin anew, as in
/// a second <c>fit(initial_epoch=n)</c>.
/// </param>
/// <param name="MemoryLimitBytes">What the process may use; null has no limit.</param>
public sealed record TrainerPlan(
    Guid JobId, int Attempt, JobSpec Spec, IReadOnlyList<DatasetLocation> Datasets, string OutputDirectory, int Threads, int WorkerProcessId,
    TrainerCheckpoint? Resume = null, IReadOnlyList<TrainerCheckpoint>? ResumeFallbacks = null, double RunSecondsBefore = 0,
    bool ContinueFrom = false, long? MemoryLimitBytes = null);

/// <summary>A checkpoint as a file.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Number">Of the job; the next one gets a higher one.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
public sealed record TrainerCheckpoint(string Path, long Number, int Epoch, long Step);

/// <summary>Where a data set's files are.</summary>
/// <param name="Info">What it holds.</param>
/// <param name="Directory">Absolute path.</param>
public sealed record DatasetLocation(DatasetInfo Info, string Directory);

/// <summary>
/// One line that a trainer writes to stdout. <c>type</c> is one of <see cref="Events.EventTypes"/>, whose data the worker stores as it
/// is, or one of <see cref="TrainerMessageTypes"/>, which the worker acts on.
/// </summary>
/// <param name="Type">What the line is.</param>
/// <param name="Data">Its content.</param>
public sealed record TrainerMessage(string Type, JsonElement Data);

/// <summary>Lines that the worker acts on instead of storing them.</summary>
public static class TrainerMessageTypes
{
    /// <summary><see cref="TrainerPhase"/>.</summary>
    public const string Phase = "phase";

    /// <summary><see cref="TrainerFile"/>: a file in the output directory is complete and is to be published.</summary>
    public const string File = "file";

    /// <summary><see cref="TrainerCheckpointFile"/>: a checkpoint in the output directory is complete, on disk, and is to be stored.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary><see cref="TrainerAlive"/>: about once a second while the training gets on.</summary>
    public const string Alive = "alive";

    /// <summary><see cref="TrainerResult"/>: the last line.</summary>
    public const string Result = "result";
}

/// <summary>The trainer enters a phase.</summary>
/// <param name="Phase">Which.</param>
public sealed record TrainerPhase(JobPhase Phase);

/// <summary>A complete file.</summary>
/// <param name="Name">File name inside the output directory, with '/' after each folder; also the artifact's name.</param>
/// <param name="Kind">Artifact kind.</param>
/// <param name="MediaType">Its media type.</param>
public sealed record TrainerFile(string Name, string Kind, string MediaType);

/// <summary>A complete checkpoint. The worker takes it away.</summary>
/// <param name="Name">File name inside the output directory, with '/' after each folder: <c>checkpoints/3.ckpt</c>.</param>
/// <param name="Number">Of the job, rising.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
/// <param name="Best">Whether it is the best so far.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Sha256">Digest, lower-case hex.</param>
public sealed record TrainerCheckpointFile(string Name, long Number, int Epoch, long Step, bool Best, long SizeBytes, string Sha256);

/// <summary>The training gets on; a trainer that hangs does not say so.</summary>
/// <param name="Batches">Batches and phases done since the process began.</param>
public sealed record TrainerAlive(long Batches);

/// <summary>How the run ended. A trainer that ends without this line has crashed.</summary>
/// <param name="StopReason">Why training stopped.</param>
/// <param name="Error">Set when the run failed.</param>
/// <param name="MachineFault">Whether the machine failed, not the job: another attempt may do better.</param>
public sealed record TrainerResult(StopReason StopReason, JobError? Error = null, bool MachineFault = false);
