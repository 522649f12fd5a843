using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TakenJob = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Created<TrainingService.Contracts.Jobs.JobResponse>,
    Microsoft.AspNetCore.Http.HttpResults.Ok<TrainingService.Contracts.Jobs.JobResponse>,
    TrainingService.Api.Problems.InvalidRequest,
    TrainingService.Api.Problems.KeyReusedProblem>;

namespace TrainingService.Api.Jobs;

/// <summary>Submitting, checking, listing and reading jobs.</summary>
internal static class JobsApi
{
    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/v1").WithTags("Jobs");
        jobs.MapPost("/jobs", Create).AcceptsJson<JobSpec>();
        jobs.MapPost("/jobs:validate", Validate).AcceptsJson<JobSpec>();
        jobs.MapGet("/jobs", List);
        jobs.MapGet("/jobs/{id:guid}", Get);
    }

    /// <summary>Submits a job.</summary>
    /// <remarks>
    /// The spec is checked completely before anything is stored: an answer of 400 lists everything that is wrong, each with a JSON pointer.
    /// With 201 the job is in the database and waits for a worker; it survives any crash from then on. A request with an
    /// <c>Idempotency-Key</c> may be sent again when its answer was lost: it makes one job.
    /// </remarks>
    /// <param name="idempotencyKey">The caller's own name for this request, 1 to 200 visible ASCII characters, as long as the job exists.</param>
    /// <response code="200">The job that the same request with the same key made before.</response>
    /// <response code="201">The job, with every default filled in. <c>Location</c> is its address.</response>
    private static async Task<TakenJob> Create(
        JsonBody body, HttpRequest request, JobIntake intake, CancellationToken ct, [FromHeader(Name = IdempotencyHeader.Name)] string? idempotencyKey = null)
    {
        if (IdempotencyHeader.Violation(idempotencyKey) is { } violation)
            return new InvalidRequest(violation);
        return (await intake.TakeAsync(body.Root, origin: null, JobIntake.KeyOf(idempotencyKey, request.Path, body.Root), ct)).Answer(idempotencyKey);
    }

    /// <summary>Checks a job without storing or running anything.</summary>
    /// <response code="200">The spec with every default, each layer's output shape and parameter count, and the memory that training will need.</response>
    private static async Task<Results<Ok<ValidationResponse>, InvalidRequest>> Validate(JsonBody body, JobIntake intake, CancellationToken ct) =>
        await intake.ReadAsync(body.Root, fetch: false, ct) is var (submission, violations) && submission is not null
            ? TypedResults.Ok(new ValidationResponse(
                JsonSerializer.SerializeToElement(submission.Spec, ContractsJson.Options), submission.Model, submission.Memory))
            : new InvalidRequest(violations);

    /// <summary>Lists jobs, newest first, without their specs; archived ones are left out unless asked for.</summary>
    /// <response code="200">A page. Give its <c>next_cursor</c> as <c>after</c> for the next one; null at the end.</response>
    private static async Task<Results<Ok<Page<JobResponse>>, InvalidRequest>> List([AsParameters] JobListQuery query, JobReader jobs, CancellationToken ct) =>
        query.Violations() is { Count: > 0 } violations ? new InvalidRequest(violations) : TypedResults.Ok(await jobs.ListAsync(query, ct));

    /// <summary>A job with its resolved spec and its model's layers.</summary>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<JobResponse>, NotFoundProblem>> Get(Guid id, JobReader jobs, CancellationToken ct) =>
        await jobs.FindWholeAsync(id, ct) is { } job ? TypedResults.Ok(job) : NotFoundProblem.Job(id);
}
