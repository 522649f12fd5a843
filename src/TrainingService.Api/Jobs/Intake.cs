using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TakenJob = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Created<TrainingService.Contracts.Jobs.JobResponse>,
    Microsoft.AspNetCore.Http.HttpResults.Ok<TrainingService.Contracts.Jobs.JobResponse>,
    TrainingService.Api.Problems.InvalidRequest,
    TrainingService.Api.Problems.KeyReusedProblem>;

namespace TrainingService.Api.Jobs;

/// <summary>What became of a request for a new job.</summary>
/// <param name="Outcome">Null when the spec is wrong.</param>
/// <param name="Job">The job, new or from before.</param>
/// <param name="Violations">Everything that is wrong with the spec.</param>
internal sealed record Intake(AddOutcome? Outcome, JobResponse? Job = null, IReadOnlyList<Violation>? Violations = null)
{
    /// <param name="key">The request's idempotency key.</param>
    public TakenJob Answer(string? key) => this switch
    {
        { Outcome: AddOutcome.KeyReused } => new KeyReusedProblem(key!),
        { Outcome: AddOutcome.Repeated, Job: { } job } => TypedResults.Ok(job),
        { Outcome: AddOutcome.Created, Job: { } job } => TypedResults.Created($"/v1/jobs/{job.Id}", job),
        { Violations: { } violations } => new InvalidRequest(violations),
        _ => throw new InvalidOperationException($"The job was deleted while it was answered ({Outcome})."),
    };
}
