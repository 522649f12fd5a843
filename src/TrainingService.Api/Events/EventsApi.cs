using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>What happened to a job: pages of stored events, or a stream of them.</summary>
internal static class EventsApi
{
    public const int DefaultLimit = 200;
    public const int MaxLimit = 1_000;

    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/jobs/{id:guid}/events", Get).WithTags("Events").WithMetadata(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(Page<JobEvent>), ["application/json", EventStreamResult.ContentType]));
        app.MapHub<TrainingHub>(TrainingHub.Path);
    }

    /// <summary>A job's events after a number: a page as JSON, or, with <c>Accept: text/event-stream</c>, a live stream.</summary>
    /// <remarks>
    /// The stream sends the stored events first and then each new one as it comes, and ends after <c>terminal</c>. <c>id</c> is the event's
    /// number, so a browser's EventSource resumes by itself with <c>Last-Event-ID</c>; <c>progress</c> events have none and may be left out.
    /// Over SignalR the same stream is <c>Events(job_id, after)</c> of the hub <c>/hubs/training</c>.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <param name="after">Number of the last event that the caller has. Default: 0, from the beginning.</param>
    /// <param name="limit">Events per page, 1 to 1000; not for the stream. Default: 200.</param>
    /// <param name="lastEventId">What EventSource sends when it comes back; for the stream it replaces <c>after</c>.</param>
    /// <response code="200">A page; its <c>next_cursor</c> is the next page's <c>after</c>, null at the end so far. Or the stream.</response>
    /// <response code="204">The job has ended and there is nothing after the number: EventSource stops coming back.</response>
    private static async Task<Results<Ok<Page<JobEvent>>, EventStreamResult, NoContent, InvalidRequest, NotFoundProblem>> Get(
        Guid id, HttpRequest request, JobStore store, TrainingDb db, CancellationToken ct,
        long? after = null, int? limit = null, [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null)
    {
        var isStream = request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(EventStreamResult.ContentType, StringComparison.OrdinalIgnoreCase));
        if (Violations(after, limit, isStream ? lastEventId : null) is { Count: > 0 } violations)
            return new InvalidRequest(violations);
        var head = await db.Jobs.Where(job => job.Id == id).Select(job => new JobHead(job.LastSeq, job.Status)).SingleOrDefaultAsync(ct);
        if (head is null)
            return NotFoundProblem.Job(id);
        if (!isStream)
            return TypedResults.Ok(await PageAsync(id, after ?? 0, limit ?? DefaultLimit, store, ct));
        var from = string.IsNullOrEmpty(lastEventId) ? after ?? 0 : long.Parse(lastEventId);
        if (head.Status.IsTerminal() && from >= head.LastSeq)
            return TypedResults.NoContent();
        return new EventStreamResult(id, from);
    }

    private static async Task<Page<JobEvent>> PageAsync(Guid id, long after, int limit, JobStore store, CancellationToken ct)
    {
        var events = await store.ReadEventsAsync(id, after, limit + 1, ct);
        return events.Count <= limit
            ? new Page<JobEvent>(events, null)
            : new Page<JobEvent>([.. events.Take(limit)], events[limit - 1].Seq.ToString());
    }

    /// <summary>What is wrong with the place to go on from, or with the size of a page.</summary>
    public static List<Violation> Violations(long? after, int? limit, string? lastEventId)
    {
        var violations = new List<Violation>();
        if (after < 0)
            violations.Add(new Violation("?after", ViolationCodes.OutOfRange, $"after: expected 0 or more. Received: {after}"));
        if (limit is < 1 or > MaxLimit)
            violations.Add(new Violation("?limit", ViolationCodes.OutOfRange, $"limit: expected 1 to {MaxLimit}. Received: {limit}"));
        if (!string.IsNullOrEmpty(lastEventId) && (!long.TryParse(lastEventId, out var seq) || seq < 0))
            violations.Add(new Violation("Last-Event-ID", ViolationCodes.InvalidFormat, $"Last-Event-ID: expected an event's number. Received: {lastEventId}"));
        return violations;
    }
}
