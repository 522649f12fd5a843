using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TrainingService.Api.Events;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>What happened to a version: pages of stored events, or a stream of them.</summary>
internal static class DatasetEventsApi
{
    public static void MapDatasetEvents(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/datasets/{name}/versions/{version:int}/events", Get).WithTags("Datasets").WithMetadata(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(Page<DatasetEvent>), ["application/json", EventStreamResult.ContentType]));

    /// <summary>A version's events after a number: a page as JSON, or, with <c>Accept: text/event-stream</c>, a live stream.</summary>
    /// <remarks>
    /// The stream sends the stored events first and then each new one as it comes, and ends after the status <c>ready</c>, <c>failed</c> or
    /// <c>cancelled</c>. <c>id</c> is the event's number, so a browser's EventSource resumes by itself with <c>Last-Event-ID</c>.
    /// </remarks>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version.</param>
    /// <param name="after">Number of the last event that the caller has. Default: 0, from the beginning.</param>
    /// <param name="limit">Events per page, 1 to 1000; not for the stream. Default: 200.</param>
    /// <param name="lastEventId">What EventSource sends when it comes back; for the stream it replaces <c>after</c>.</param>
    /// <response code="200">A page; its <c>next_cursor</c> is the next page's <c>after</c>, null at the end so far. Or the stream.</response>
    /// <response code="204">The version has ended and there is nothing after the number: EventSource stops coming back.</response>
    private static async Task<Results<Ok<Page<DatasetEvent>>, DatasetEventStream, NoContent, InvalidRequest, NotFoundProblem>> Get(
        string name, int version, HttpRequest request, DatasetStore store, DatasetReader datasets, CancellationToken ct,
        long? after = null, int? limit = null, [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null)
    {
        var isStream = request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(EventStreamResult.ContentType, StringComparison.OrdinalIgnoreCase));
        if (EventsApi.Violations(after, limit, isStream ? lastEventId : null) is { Count: > 0 } violations)
            return new InvalidRequest(violations);
        if (await datasets.FindVersionAsync(name, version, ct) is not { } found || await store.FindIdAsync(name, version, ct) is not { } id)
            return DatasetProblems.NotFound(name, version);
        var from = isStream && !string.IsNullOrEmpty(lastEventId) ? long.Parse(lastEventId) : after ?? 0;
        var most = limit ?? EventsApi.DefaultLimit;
        var events = await store.ReadEventsAsync(id, from, most + 1, ct);
        if (!isStream)
            return TypedResults.Ok(events.Count <= most ? new Page<DatasetEvent>(events, null) : new Page<DatasetEvent>([.. events.Take(most)], $"{events[most - 1].Seq}"));
        return found.Status.IsTerminal() && events.Count == 0 ? TypedResults.NoContent() : new DatasetEventStream(id, from);
    }
}
