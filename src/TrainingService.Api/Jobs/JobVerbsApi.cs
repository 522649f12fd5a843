using Microsoft.AspNetCore.Http.HttpResults;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>What can be asked of a job. Each verb asks for a state, so that asking again changes nothing.</summary>
internal static class JobVerbsApi
{
    public static void MapJobVerbs(this IEndpointRouteBuilder app)
    {
        var job = app.MapGroup("/v1/jobs/{id:guid}").WithTags("Jobs");
        job.MapPost("/cancel", Cancel);
        job.MapPost("/pause", Pause);
        job.MapPost("/resume", Resume);
        job.MapPost("/archive", Archive);
        job.MapPost("/unarchive", Unarchive);
        job.MapDelete("", Delete);
    }

    /// <summary>Asks for a job to be cancelled.</summary>
    /// <remarks>
    /// A queued or paused job is cancelled at once; a running one is marked (<c>requested: cancel</c>), also when it was asked to pause, and
    /// its worker stops it after the batch. One that has ended stays as it is. Asking again changes nothing.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static async Task<Results<Ok<JobResponse>, NotFoundProblem>> Cancel(Guid id, JobStore store, JobReader jobs, CancellationToken ct) =>
        (await store.CancelAsync(id, ct)).Outcome != VerbOutcome.NotFound && await jobs.FindAsync(id, ct) is { } job ? TypedResults.Ok(job) : NotFoundProblem.Job(id);

    /// <summary>Asks for a job to be paused.</summary>
    /// <remarks>
    /// A queued job is paused at once; a running one is marked (<c>requested: pause</c>), writes a checkpoint after the batch and frees its
    /// worker. It goes on from there when it is resumed. Asking again changes nothing; a job that has ended, or is being cancelled, cannot be paused.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static Task<Results<Ok<JobResponse>, NotFoundProblem, ConflictProblem>> Pause(Guid id, JobStore store, JobReader jobs, CancellationToken ct) =>
        AnswerAsync(id, store.PauseAsync(id, ct), "a job that is queued, running or paused, and that nobody cancels", jobs, ct);

    /// <summary>Lets a paused job go on where it stood.</summary>
    /// <remarks>
    /// It is queued before all new jobs, and the pause does not count as an attempt. A running job that is asked to pause goes on: the wish is
    /// taken back. One that runs or waits already stays as it is.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static Task<Results<Ok<JobResponse>, NotFoundProblem, ConflictProblem>> Resume(Guid id, JobIntake intake, JobReader jobs, CancellationToken ct) =>
        AnswerAsync(id, intake.ResumeAsync(id, ct), "a job that is paused, queued or running, and that nobody cancels", jobs, ct);

    /// <summary>Takes an ended job out of the lists.</summary>
    /// <remarks>Nothing of it is lost: it stays at its address, and lists show it with <c>archived=true</c>.</remarks>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static Task<Results<Ok<JobResponse>, NotFoundProblem, ConflictProblem>> Archive(
        Guid id, JobStore store, JobReader jobs, EventBell bell, CancellationToken ct) =>
        AnswerAsync(id, RingAsync(id, store.ArchiveAsync(id, ct), bell), "a job that has succeeded, failed or was cancelled", jobs, ct);

    /// <summary>Puts an archived job back into the lists.</summary>
    /// <param name="id">Which job.</param>
    /// <response code="200">The job as it stands now.</response>
    private static Task<Results<Ok<JobResponse>, NotFoundProblem, ConflictProblem>> Unarchive(
        Guid id, JobStore store, JobReader jobs, EventBell bell, CancellationToken ct) =>
        AnswerAsync(id, RingAsync(id, store.UnarchiveAsync(id, ct), bell), "a job", jobs, ct);

    /// <summary>Removes a job with its events, attempts, checkpoints and files.</summary>
    /// <remarks>
    /// In any status: a worker that holds it finds that out with its next heartbeat, stops and leaves nothing; streams of its events end with
    /// <c>job_not_found</c>. Jobs that continue or clone it stay. Deleting again gives 204 again.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <response code="204">It is gone.</response>
    private static async Task<Results<NoContent, NotFoundProblem>> Delete(Guid id, JobStore store, CancellationToken ct) =>
        (await store.DeleteAsync(id, ct)).Outcome == VerbOutcome.NotFound ? NotFoundProblem.Job(id) : TypedResults.NoContent();

    /// <summary>Lists that people look at follow; the job itself has no event for it.</summary>
    private static async Task<VerbResult> RingAsync(Guid id, Task<VerbResult> asked, EventBell bell)
    {
        var result = await asked;
        if (result.Outcome == VerbOutcome.Done)
            bell.Ring(id);
        return result;
    }

    private static async Task<Results<Ok<JobResponse>, NotFoundProblem, ConflictProblem>> AnswerAsync(
        Guid id, Task<VerbResult> asked, string expected, JobReader jobs, CancellationToken ct)
    {
        var (outcome, _, _, _) = await asked;
        if (outcome == VerbOutcome.NotFound || await jobs.FindAsync(id, ct) is not { } job)
            return NotFoundProblem.Job(id);
        return outcome == VerbOutcome.Conflict ? ConflictProblem.Of(id, expected, job) : TypedResults.Ok(job);
    }
}
