using System.Linq.Expressions;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>What an answer needs of a job's row: lists leave the spec and the model, which are large, in the database.</summary>
internal sealed record JobRow(
    Guid Id, string Name, JobStatus Status, JobPhase? Phase, StopReason? StopReason, string? Requested, int Attempt, int Epoch, int Epochs,
    long LastSeq, JsonDocument? Metrics, JsonDocument? Error, string[] Tags, Dictionary<string, string> Metadata,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, JsonDocument? Spec, JsonDocument? Model)
{
    public static readonly Expression<Func<TrainingJob, JobRow>> ForLists = job => new JobRow(
        job.Id, job.Name, job.Status, job.Phase, job.StopReason, job.Requested, job.Attempt, job.Epoch, job.Epochs, job.LastSeq,
        job.Metrics, job.Error, job.Tags, job.Metadata, job.CreatedAt, job.StartedAt, job.EndedAt, null, null);

    public static readonly Expression<Func<TrainingJob, JobRow>> Whole = job => new JobRow(
        job.Id, job.Name, job.Status, job.Phase, job.StopReason, job.Requested, job.Attempt, job.Epoch, job.Epochs, job.LastSeq,
        job.Metrics, job.Error, job.Tags, job.Metadata, job.CreatedAt, job.StartedAt, job.EndedAt, job.Spec, job.Model);

    public JobResponse ToResponse() => new(
        Id, Name, Status, Status.IsTerminal(), Phase, StopReason, Requested, Attempt,
        Epoch, Epochs, LastSeq, Read<Dictionary<string, double?>>(Metrics) ?? [], Read<JobError>(Error),
        Tags, Metadata, CreatedAt, StartedAt, EndedAt, Spec?.RootElement, Read<ModelSummary>(Model));

    private static T? Read<T>(JsonDocument? document) where T : class => document?.Deserialize<T>(ContractsJson.Options);
}
