using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;
using TakenJob = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Created<TrainingService.Contracts.Jobs.JobResponse>,
    Microsoft.AspNetCore.Http.HttpResults.Ok<TrainingService.Contracts.Jobs.JobResponse>,
    TrainingService.Api.Problems.InvalidRequest,
    TrainingService.Api.Problems.KeyReusedProblem>;

namespace TrainingService.Api.Jobs;

/// <summary>New jobs made of others.</summary>
internal static class JobCopiesApi
{
    private const string Continuable = "a job that has ended and has a checkpoint to go on from";

    public static void MapJobCopies(this IEndpointRouteBuilder app)
    {
        var job = app.MapGroup("/v1/jobs/{id:guid}").WithTags("Jobs");
        job.MapPost("/continue", Continue).AcceptsJson<ContinueRequest>();
        job.MapPost("/clone", Clone).AcceptsJson<JsonElement>();
    }

    /// <summary>Trains an ended job further, as a new job.</summary>
    /// <remarks>
    /// The new job goes on from the last checkpoint: weights, optimizer, random streams and history; callbacks begin anew, as with a second
    /// <c>fit(initial_epoch=n)</c>. It has the spec of its parent with <c>fit.initial_epoch</c> and <c>fit.epochs</c> moved on. The parent stays as it is.
    /// </remarks>
    /// <param name="id">The job to go on from.</param>
    /// <param name="idempotencyKey">The caller's own name for this request, 1 to 200 visible ASCII characters, as long as the new job exists.</param>
    /// <response code="200">The job that the same request with the same key made before.</response>
    /// <response code="201">The new job. <c>Location</c> is its address.</response>
    private static async Task<Results<TakenJob, NotFoundProblem, ConflictProblem>> Continue(
        Guid id, JsonBody body, HttpRequest request, JobIntake intake, JobReader jobs, CancellationToken ct,
        [FromHeader(Name = IdempotencyHeader.Name)] string? idempotencyKey = null)
    {
        if (IdempotencyHeader.Violation(idempotencyKey) is { } violation)
            return (TakenJob)new InvalidRequest(violation);
        if (ContractsJson.TryRead<ContinueRequest>(body.Root, out var violations) is not { } more)
            return (TakenJob)new InvalidRequest(violations);
        var key = JobIntake.KeyOf(idempotencyKey, request.Path, body.Root);
        if (await intake.FindRepeatedAsync(key, ct) is { } repeated)
            return repeated.Answer(idempotencyKey);
        if (await jobs.FindWholeAsync(id, ct) is not { Spec: { } spec } parent)
            return NotFoundProblem.Job(id);
        if (parent is not { IsTerminal: true, Checkpoint: { } checkpoint })
            return ConflictProblem.Of(id, Continuable, parent);
        if (more.Epochs > ContinueRequest.MostEpochs - checkpoint.Epoch)
            return (TakenJob)new InvalidRequest(new Violation("/epochs", ViolationCodes.OutOfRange,
                $"expected 1 to {ContinueRequest.MostEpochs - checkpoint.Epoch} after epoch {checkpoint.Epoch}. Received: {more.Epochs}"));
        var changes = JsonSerializer.SerializeToElement(new { fit = new { epochs = checkpoint.Epoch + more.Epochs, initial_epoch = checkpoint.Epoch } });
        var taken = await intake.TakeAsync(MergePatch.Apply(spec, changes), new JobOrigin(id, ParentRelation.Continue), key, ct);
        if (taken.Outcome == AddOutcome.NoCheckpoint)
            return await jobs.FindAsync(id, ct) is { } now ? ConflictProblem.Of(id, Continuable, now) : NotFoundProblem.Job(id);
        return taken.Answer(idempotencyKey);
    }

    /// <summary>Submits a job like another one, with changes.</summary>
    /// <remarks>
    /// The body is a JSON merge patch (RFC 7396) of the resolved spec: members replace those of the same name, objects are merged, null takes
    /// a member out (<c>"seed": null</c> draws a new one), lists are replaced as a whole; <c>{}</c> changes nothing. What comes out is checked
    /// like a submission, and the pointers of an answer of 400 lead into the merged document. The other job may be in any status.
    /// </remarks>
    /// <param name="id">The job to copy.</param>
    /// <param name="idempotencyKey">The caller's own name for this request, 1 to 200 visible ASCII characters, as long as the new job exists.</param>
    /// <response code="200">The job that the same request with the same key made before.</response>
    /// <response code="201">The new job. <c>Location</c> is its address.</response>
    private static async Task<Results<TakenJob, NotFoundProblem>> Clone(
        Guid id, JsonBody body, HttpRequest request, JobIntake intake, TrainingDb db, CancellationToken ct,
        [FromHeader(Name = IdempotencyHeader.Name)] string? idempotencyKey = null)
    {
        if (IdempotencyHeader.Violation(idempotencyKey) is { } violation)
            return (TakenJob)new InvalidRequest(violation);
        var key = JobIntake.KeyOf(idempotencyKey, request.Path, body.Root);
        if (await intake.FindRepeatedAsync(key, ct) is not { } taken)
        {
            using var spec = await db.Jobs.AsNoTracking().Where(job => job.Id == id).Select(job => job.Spec).SingleOrDefaultAsync(ct);
            if (spec is null)
                return NotFoundProblem.Job(id);
            taken = await intake.TakeAsync(MergePatch.Apply(spec.RootElement, body.Root), new JobOrigin(id, ParentRelation.Clone), key, ct);
        }
        return taken.Answer(idempotencyKey);
    }
}
