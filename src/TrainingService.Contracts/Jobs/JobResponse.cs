using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Jobs;

/// <summary>A job.</summary>
/// <param name="Id">UUID, version 7: sorts by time of creation.</param>
/// <param name="Name">As given.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="IsTerminal">Whether it has ended; clients need not know every status.</param>
/// <param name="Phase">What it is busy with while running, else null.</param>
/// <param name="StopReason">Why it ended, else null.</param>
/// <param name="Requested"><c>pause</c> or <c>cancel</c> while that is under way, else null.</param>
/// <param name="Attempt">Times a worker has taken it.</param>
/// <param name="Epoch">Last finished epoch, from 1; 0 before.</param>
/// <param name="Epochs">Epochs asked for.</param>
/// <param name="LastSeq">Number of its last event.</param>
/// <param name="Metrics">Last epoch's figures, then the final evaluation's under <c>test_…</c>.</param>
/// <param name="Error">Why it failed, else null.</param>
/// <param name="Tags">As given.</param>
/// <param name="Metadata">As given.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When a worker took it (the last time).</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Spec">The resolved spec with every default; left out in lists.</param>
/// <param name="Model">Layers, shapes and parameter counts; left out in lists.</param>
/// <param name="Queue">Whose workers take it.</param>
/// <param name="Priority">Before or behind the others of its queue.</param>
/// <param name="QueuePosition">How many are before it in its queue, plus one; null unless it is queued.</param>
/// <param name="EtaSeconds">Seconds to the end of the last epoch, if none stops earlier; null while nobody can tell.</param>
/// <param name="RequestedAt">When somebody asked for <paramref name="Requested"/>.</param>
/// <param name="PausedAt">When it was paused; null unless it is.</param>
/// <param name="ArchivedAt">When it was put away from the lists, else null.</param>
/// <param name="ParentId">The job that it came from, else null.</param>
/// <param name="ParentRelation">What it has to do with that one.</param>
/// <param name="NotBefore">It is tried again, but not earlier than this.</param>
/// <param name="RunSeconds">Running time of the attempts that have ended.</param>
/// <param name="Checkpoint">The latest checkpoint, or null.</param>
/// <param name="WaitingFor">What a queued job waits for besides its turn, for people: a worker that serves its queue, the time of another try; null when its turn is all.</param>
public sealed record JobResponse(
    Guid Id, string Name, JobStatus Status, bool IsTerminal, JobPhase? Phase, StopReason? StopReason, string? Requested, int Attempt,
    int Epoch, int Epochs, long LastSeq, IReadOnlyDictionary<string, double?> Metrics, JobError? Error,
    IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    JsonElement? Spec = null, ModelSummary? Model = null,
    string? Queue = null, JobPriority Priority = JobPriority.Normal, long? QueuePosition = null, double? EtaSeconds = null,
    DateTimeOffset? RequestedAt = null, DateTimeOffset? PausedAt = null, DateTimeOffset? ArchivedAt = null,
    Guid? ParentId = null, ParentRelation? ParentRelation = null, DateTimeOffset? NotBefore = null, double RunSeconds = 0,
    CheckpointPosition? Checkpoint = null, string? WaitingFor = null);

/// <summary>Where in the training a checkpoint stands.</summary>
/// <param name="Number">Of the job, rising.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
public sealed record CheckpointPosition(long Number, int Epoch, long Step);

/// <summary>Why a job failed.</summary>
/// <param name="Code">Stable word for programs, the stop reason.</param>
/// <param name="Message">What happened.</param>
/// <param name="Hint">What to do about it, or null.</param>
public sealed record JobError(string Code, string Message, string? Hint = null);

/// <summary>A page of a list.</summary>
/// <param name="Items">In order.</param>
/// <param name="NextCursor">Give it as <c>after</c> for the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>The answer of the dry run.</summary>
/// <param name="Spec">The resolved spec with every default.</param>
/// <param name="Model">Layers, shapes and parameter counts.</param>
/// <param name="Memory">Bytes that training will need.</param>
public sealed record ValidationResponse(JsonElement Spec, ModelSummary Model, MemoryEstimate Memory);

/// <summary>Problem details with every violation found.</summary>
/// <param name="Type">URI reference of the kind of problem.</param>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Status">HTTP status code.</param>
/// <param name="Code">Stable word for programs: <c>invalid_request</c>, <c>not_found</c>, …</param>
/// <param name="Detail">What happened, or null.</param>
/// <param name="Errors">Everything wrong with the request.</param>
/// <param name="TraceId">To find the request in the logs.</param>
public sealed record ProblemResponse(
    string Type, string Title, int Status, string Code, string? Detail, IReadOnlyList<Violation>? Errors, string? TraceId);

/// <summary>How far a RemoteMonitor callback of a job has come.</summary>
/// <param name="Number">Which of them, from 0.</param>
/// <param name="Active">False when all is sent and the job has ended, or the receiver answered 410.</param>
/// <param name="Delivered">Epochs that were received.</param>
/// <param name="Dead">Epochs that were given up after the last try.</param>
/// <param name="Tries">Tries of the delivery that is under way.</param>
/// <param name="NextAt">When the next delivery is tried at the earliest; null when there is none.</param>
/// <param name="LastError">What went wrong last; null after a delivery.</param>
public sealed record WebhookResponse(int Number, bool Active, int Delivered, int Dead, int Tries, DateTimeOffset? NextAt, string? LastError);
