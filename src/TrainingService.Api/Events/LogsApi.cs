using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>A job's log, for people.</summary>
internal static class LogsApi
{
    private const long SectionEvents = 10_000;

    public static void MapLogs(this IEndpointRouteBuilder app) => app.MapGet("/v1/jobs/{id:guid}/logs", Get).WithTags("Events");

    /// <summary>A job's log lines as text: instant, level, message.</summary>
    /// <remarks>
    /// The lines are the <c>log</c> events; to follow them live, or to have them as JSON, read the job's events.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <param name="after">Only lines of events after this number. Default: 0, all.</param>
    /// <response code="200">One line per log event, in order, as <c>text/plain</c>.</response>
    private static async Task<Results<LogText, InvalidRequest, NotFoundProblem>> Get(Guid id, TrainingDb db, CancellationToken ct, long? after = null)
    {
        if (after < 0)
            return new InvalidRequest(new Violation("?after", ViolationCodes.OutOfRange, $"after: expected 0 or more. Received: {after}"));
        return await db.Jobs.Where(job => job.Id == id).Select(job => (long?)job.LastSeq).SingleOrDefaultAsync(ct) is { } last
            ? new LogText(Sections(id, after ?? 0, last, db))
            : NotFoundProblem.Job(id);
    }

    /// <summary>The log events a section at a time, so that the server never has a long job's rows in memory to sort them.</summary>
    private static IEnumerable<IQueryable<StoredEvent>> Sections(Guid id, long after, long last, TrainingDb db)
    {
        for (; after < last; after += SectionEvents)
        {
            var (from, to) = (after, after + SectionEvents);
            yield return db.Events.AsNoTracking().Where(e => e.JobId == id && e.Type == EventTypes.Log && e.Seq > from && e.Seq <= to).OrderBy(e => e.Seq);
        }
    }

    /// <summary>Streams the lines: a log is never in memory as a whole.</summary>
    private sealed class LogText(IEnumerable<IQueryable<StoredEvent>> sections) : IResult, IEndpointMetadataProvider
    {
        public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
            builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]));

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "text/plain; charset=utf-8";
            httpContext.Response.Headers.XContentTypeOptions = "nosniff";
            httpContext.Response.Headers.CacheControl = "no-store";
            await using var writer = new StreamWriter(httpContext.Response.Body, new UTF8Encoding(false)) { NewLine = "\n" };
            foreach (var section in sections)
            {
                await foreach (var line in section.AsAsyncEnumerable().WithCancellation(httpContext.RequestAborted))
                {
                    var log = line.Data.Deserialize<LogEvent>(ContractsJson.Options)!;
                    await writer.WriteLineAsync($"{line.CreatedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {log.Level,-7} {OneLine(log.Message)}");
                }
            }
        }

        // What a program printed may hold control characters; a line stays one line, and a terminal is not driven by it.
        private static string OneLine(string message) =>
            message.Any(char.IsControl) ? string.Concat(message.Select(c => char.IsControl(c) && c != '\t' ? ' ' : c)) : message;
    }
}
