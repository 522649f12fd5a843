using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>Submitting, checking, listing and cancelling jobs.</summary>
internal static class JobsApi
{
    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/v1").WithTags("Jobs");
        jobs.MapPost("/jobs", Create).AcceptsJob();
        jobs.MapPost("/jobs:validate", Validate).AcceptsJob();
        jobs.MapGet("/jobs", List);
        jobs.MapGet("/jobs/{id:guid}", Get);
        jobs.MapPost("/jobs/{id:guid}/cancel", Cancel);
    }

    /// <summary>Submits a job.</summary>
    /// <remarks>
    /// The spec is checked completely before anything is stored: an answer of 400 lists everything that is wrong, each with a JSON pointer.
    /// With 201 the job is in the database and waits for a worker; it survives any crash from then on.
    /// </remarks>
    /// <response code="201">The job, with every default filled in. <c>Location</c> is its address.</response>
    private static async Task<Results<Created<JobResponse>, InvalidRequest>> Create(
        JsonBody body, DatasetCatalog datasets, JobStore store, TrainingQueue queue, TrainingDb db, ILogger<TrainingQueue> logger, CancellationToken ct)
    {
        if (JobSubmission.TryRead(body.Root, datasets.All, out var violations) is not { } submission)
            return new InvalidRequest(violations);
        // The row first: it is the truth. Once it is there the job is accepted, whatever becomes of the wake-up.
        var added = await store.AddAsync(submission, null, null, ct);
        var id = added.JobId;
        if (added.Offer is { } offer)
            TryEnqueue(queue, offer, logger);
        var row = await db.Jobs.AsNoTracking().Where(job => job.Id == id).Select(JobRow.Whole).SingleAsync(ct);
        return TypedResults.Created($"/v1/jobs/{id}", row.ToResponse());
    }

    /// <summary>Checks a job without storing or running anything.</summary>
    /// <response code="200">The spec with every default, each layer's output shape and parameter count, and the memory that training will need.</response>
    private static Results<Ok<ValidationResponse>, InvalidRequest> Validate(JsonBody body, DatasetCatalog datasets) =>
        JobSubmission.TryRead(body.Root, datasets.All, out var violations) is { } submission
            ? TypedResults.Ok(new ValidationResponse(
                JsonSerializer.SerializeToElement(submission.Spec, ContractsJson.Options), submission.Model, submission.Memory))
            : new InvalidRequest(violations);

    /// <summary>Lists jobs, newest first, without their specs.</summary>
    /// <response code="200">A page. Give its <c>next_cursor</c> as <c>after</c> for the next one; null at the end.</response>
    private static async Task<Results<Ok<Page<JobResponse>>, InvalidRequest>> List(
        [AsParameters] JobListQuery query, TrainingDb db, CancellationToken ct) =>
        query.Violations() is { Count: > 0 } violations ? new InvalidRequest(violations) : TypedResults.Ok(await query.ReadAsync(db, ct));

    /// <summary>A job with its resolved spec and its model's layers.</summary>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<JobResponse>, NotFoundProblem>> Get(Guid id, TrainingDb db, CancellationToken ct) =>
        await db.Jobs.AsNoTracking().Where(job => job.Id == id).Select(JobRow.Whole).SingleOrDefaultAsync(ct) is { } row
            ? TypedResults.Ok(row.ToResponse())
            : NotFoundProblem.Job(id);

    /// <summary>Asks for a job to be cancelled.</summary>
    /// <remarks>
    /// A queued job is cancelled at once; a running one is marked (<c>requested: cancel</c>) and its worker stops it within a moment; one
    /// that has ended stays as it is. Asking again changes nothing.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static async Task<Results<Ok<JobResponse>, NotFoundProblem>> Cancel(Guid id, JobStore store, TrainingDb db, CancellationToken ct) =>
        (await store.CancelAsync(id, ct)).Outcome == VerbOutcome.NotFound
            ? NotFoundProblem.Job(id)
            : TypedResults.Ok((await db.Jobs.AsNoTracking().Where(job => job.Id == id).Select(JobRow.ForLists).SingleAsync(ct)).ToResponse());

    private static void TryEnqueue(TrainingQueue queue, Offer offer, ILogger logger)
    {
        try
        {
            queue.Enqueue(offer);
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            // The job is accepted; the sweeper puts queued rows that nobody carries on the queue again.
            logger.LogWarning(exception, "Job {JobId} is stored but could not be put on the queue; the sweeper will.", offer.JobId);
        }
    }

    private static RouteHandlerBuilder AcceptsJob(this RouteHandlerBuilder endpoint) => endpoint
        .Accepts<JobSpec>("application/json")
        .ProducesProblemResponse(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblemResponse(StatusCodes.Status415UnsupportedMediaType);
}
