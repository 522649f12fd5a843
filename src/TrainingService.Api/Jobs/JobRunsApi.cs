using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>How a job fared: its attempts, the changes of its status, the checkpoints that are kept.</summary>
internal static class JobRunsApi
{
    /// <summary>More than any job has that is not played with; the newest are shown then.</summary>
    private const int MaxTransitions = 5_000;

    private static readonly string[] Changes = [EventTypes.Status, EventTypes.Terminal];

    public static void MapJobRuns(this IEndpointRouteBuilder app)
    {
        var job = app.MapGroup("/v1/jobs/{id:guid}").WithTags("Runs");
        job.MapGet("/attempts", Attempts);
        job.MapGet("/transitions", Transitions);
        job.MapGet("/checkpoints", Checkpoints);
        job.MapGet("/webhooks", Webhooks);
    }

    /// <summary>How far each of the job's RemoteMonitor callbacks has come.</summary>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<IReadOnlyList<WebhookResponse>>, NotFoundProblem>> Webhooks(Guid id, TrainingDb db, CancellationToken ct) =>
        await OfJobAsync<WebhookResponse>(id, [.. await db.Webhooks.AsNoTracking().Where(webhook => webhook.JobId == id).OrderBy(webhook => webhook.Number)
            .Select(w => new WebhookResponse(w.Number, w.Active, w.Delivered, w.Dead, w.Tries, w.Active ? w.NextAt : null, w.LastError)).ToListAsync(ct)], db, ct);

    /// <summary>Each time that a worker took the job, the first one first: who, how long, how it ended.</summary>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<IReadOnlyList<AttemptResponse>>, NotFoundProblem>> Attempts(Guid id, TrainingDb db, CancellationToken ct)
    {
        var rows = await db.Attempts.AsNoTracking().Where(attempt => attempt.JobId == id).OrderBy(attempt => attempt.Attempt).ToListAsync(ct);
        return await OfJobAsync<AttemptResponse>(id, [.. rows.Select(a => new AttemptResponse(
            a.Attempt, a.Owner, a.StartedAt, a.EndedAt, a.FencedAt, a.Outcome, a.ExitCode,
            a.Error?.Deserialize<JobError>(ContractsJson.Options), a.ResumedFromEpoch, a.ResumedFromStep))], db, ct);
    }

    /// <summary>Every change of the job's status, phase or wish, the first one first: who, why, when.</summary>
    /// <remarks>The same as the events <c>status</c> and <c>terminal</c>, with the worker of each attempt.</remarks>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<IReadOnlyList<TransitionResponse>>, NotFoundProblem>> Transitions(Guid id, TrainingDb db, CancellationToken ct)
    {
        var owners = await db.Attempts.AsNoTracking().Where(attempt => attempt.JobId == id).ToDictionaryAsync(attempt => attempt.Attempt, attempt => attempt.Owner, ct);
        var events = await db.Events.AsNoTracking().Where(e => e.JobId == id && Changes.Contains(e.Type)).OrderByDescending(e => e.Seq).Take(MaxTransitions)
            .Select(e => new { e.Seq, e.Attempt, e.Type, e.Data, e.CreatedAt }).ToListAsync(ct);
        events.Reverse();
        return await OfJobAsync<TransitionResponse>(id, [.. events.Select(e =>
        {
            var worker = owners.GetValueOrDefault(e.Attempt);
            if (e.Type == EventTypes.Status)
            {
                var status = e.Data.Deserialize<StatusEvent>(ContractsJson.Options)!;
                return new TransitionResponse(e.Seq, e.Attempt, status.Status, status.Phase, status.Requested, status.Reason, e.CreatedAt, worker);
            }
            var end = e.Data.Deserialize<TerminalEvent>(ContractsJson.Options)!;
            return new TransitionResponse(e.Seq, e.Attempt, end.Status, null, null, end.StopReason, e.CreatedAt, worker);
        })], db, ct);
    }

    /// <summary>The checkpoints that are kept, the newest first.</summary>
    /// <remarks>Another run goes on from the latest one; <c>step</c> tells batches of an epoch that was under way.</remarks>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<IReadOnlyList<CheckpointResponse>>, NotFoundProblem>> Checkpoints(Guid id, TrainingDb db, CancellationToken ct)
    {
        var rows = await db.Checkpoints.AsNoTracking().Where(checkpoint => checkpoint.JobId == id).OrderByDescending(checkpoint => checkpoint.Number).ToListAsync(ct);
        return await OfJobAsync<CheckpointResponse>(id, [.. rows.Select((c, index) => new CheckpointResponse(
            c.Number, c.Attempt, c.Epoch, c.Step, index == 0, c.IsBest, c.SizeBytes, c.Sha256, c.CreatedAt))], db, ct);
    }

    private static async Task<Results<Ok<IReadOnlyList<T>>, NotFoundProblem>> OfJobAsync<T>(Guid id, IReadOnlyList<T> items, TrainingDb db, CancellationToken ct) =>
        items.Count > 0 || await db.Jobs.AnyAsync(job => job.Id == id, ct) ? TypedResults.Ok(items) : NotFoundProblem.Job(id);
}
