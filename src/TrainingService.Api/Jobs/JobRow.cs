using System.Linq.Expressions;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Api.Jobs;

/// <summary>What an answer needs of a job's row: lists leave the spec and the model, which are large, in the database.</summary>
internal sealed record JobRow
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required JobStatus Status { get; init; }

    public required JobPhase? Phase { get; init; }

    public required StopReason? StopReason { get; init; }

    public required string? Requested { get; init; }

    public required DateTimeOffset? RequestedAt { get; init; }

    public required string Queue { get; init; }

    public required JobPriority Priority { get; init; }

    public required QueueLane Lane { get; init; }

    public required DateTimeOffset? NotBefore { get; init; }

    public required int Attempt { get; init; }

    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    public required double RunSeconds { get; init; }

    public required long LastSeq { get; init; }

    public required JsonDocument? Metrics { get; init; }

    public required JsonDocument? Error { get; init; }

    public required CheckpointPosition? Checkpoint { get; init; }

    public required string[] Tags { get; init; }

    public required Dictionary<string, string> Metadata { get; init; }

    public required Guid? ParentId { get; init; }

    public required ParentRelation? ParentRelation { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public required DateTimeOffset? PausedAt { get; init; }

    public required DateTimeOffset? ArchivedAt { get; init; }

    public JsonDocument? Spec { get; init; }

    public JsonDocument? Model { get; init; }

    public static Expression<Func<TrainingJob, JobRow>> ForLists { get; } = job => new JobRow
    {
        Id = job.Id,
        Name = job.Name,
        Status = job.Status,
        Phase = job.Phase,
        StopReason = job.StopReason,
        Requested = job.Requested,
        RequestedAt = job.RequestedAt,
        Queue = job.Queue,
        Priority = job.Priority,
        Lane = job.Lane,
        NotBefore = job.NotBefore,
        Attempt = job.Attempt,
        Epoch = job.Epoch,
        Epochs = job.Epochs,
        RunSeconds = job.RunSeconds,
        LastSeq = job.LastSeq,
        Metrics = job.Metrics,
        Error = job.Error,
        Checkpoint = job.CheckpointNumber == null ? null : new CheckpointPosition(job.CheckpointNumber.Value, job.CheckpointEpoch!.Value, job.CheckpointStep!.Value),
        Tags = job.Tags,
        Metadata = job.Metadata,
        ParentId = job.ParentId,
        ParentRelation = job.ParentRelation,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        EndedAt = job.EndedAt,
        PausedAt = job.PausedAt,
        ArchivedAt = job.ArchivedAt,
    };

    public static Expression<Func<TrainingJob, JobRow>> Whole { get; } = WithSpecAndModel();

    /// <summary>The row of a job that was stored a moment ago.</summary>
    public static JobRow New(JobSpec spec, string modelName, Offer offer, DateTimeOffset createdAt, JobOrigin? origin) => new()
    {
        Id = offer.JobId,
        Name = spec.Name ?? modelName,
        Status = JobStatus.Queued,
        Phase = null,
        StopReason = null,
        Requested = null,
        RequestedAt = null,
        Queue = offer.Queue,
        Priority = spec.Priority ?? JobPriority.Normal,
        Lane = offer.Lane,
        NotBefore = null,
        Attempt = 0,
        Epoch = 0,
        Epochs = spec.Fit?.Epochs ?? 1,
        RunSeconds = 0,
        LastSeq = 1,
        Metrics = null,
        Error = null,
        Checkpoint = null,
        Tags = [.. spec.Tags ?? []],
        Metadata = new(spec.Metadata ?? new Dictionary<string, string>()),
        ParentId = origin?.ParentId,
        ParentRelation = origin?.Relation,
        CreatedAt = createdAt,
        StartedAt = null,
        EndedAt = null,
        PausedAt = null,
        ArchivedAt = null,
    };

    public JobResponse ToResponse() => new(
        Id, Name, Status, Status.IsTerminal(), Phase, StopReason, Requested, Attempt, Epoch, Epochs, LastSeq,
        Read<Dictionary<string, double?>>(Metrics) ?? [], Read<JobError>(Error), Tags, Metadata, CreatedAt, StartedAt, EndedAt,
        Spec?.RootElement, Read<ModelSummary>(Model), Queue, Priority,
        RequestedAt: RequestedAt, PausedAt: PausedAt, ArchivedAt: ArchivedAt, ParentId: ParentId, ParentRelation: ParentRelation,
        NotBefore: NotBefore, RunSeconds: RunSeconds, Checkpoint: Checkpoint);

    /// <summary>The same and the two large documents.</summary>
    private static Expression<Func<TrainingJob, JobRow>> WithSpecAndModel()
    {
        var lists = (MemberInitExpression)ForLists.Body;
        var job = ForLists.Parameters[0];
        return Expression.Lambda<Func<TrainingJob, JobRow>>(
            lists.Update(lists.NewExpression,
            [
                .. lists.Bindings,
                Expression.Bind(typeof(JobRow).GetProperty(nameof(Spec))!, Expression.Property(job, nameof(TrainingJob.Spec))),
                Expression.Bind(typeof(JobRow).GetProperty(nameof(Model))!, Expression.Property(job, nameof(TrainingJob.Model))),
            ]), job);
    }

    private static T? Read<T>(JsonDocument? document) where T : class => document?.Deserialize<T>(ContractsJson.Options);
}
