using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.SignalR;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>
/// Server-sent events: <c>id</c> is the event's number (none for progress), <c>event</c> its type, <c>data</c> the event as JSON. A comment
/// every few seconds keeps proxies from closing a quiet stream. It ends after <c>terminal</c>.
/// </summary>
internal sealed class EventStreamResult(Guid jobId, long after) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    public const string ContentType = "text/event-stream";

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public int? StatusCode => StatusCodes.Status200OK;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(JobEvent), [ContentType]));

    public Task ExecuteAsync(HttpContext httpContext) =>
        WriteAsync(httpContext, $"job {jobId}", ct => httpContext.RequestServices.GetRequiredService<EventRelay>().FollowAsync(jobId, after, ct));

    /// <param name="subject">Whose events they are, for the log.</param>
    /// <param name="follow">The events until they end.</param>
    public static async Task WriteAsync(HttpContext httpContext, string subject, Func<CancellationToken, IAsyncEnumerable<FeedEvent>> follow)
    {
        var services = httpContext.RequestServices;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var body = httpContext.Response.BodyWriter;
        try
        {
            Write(body, "retry: 1000\n\n");
            await body.FlushAsync(stop.Token);
            await WriteAllAsync(body, follow(stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader left, or the service stops: the reader comes back with its Last-Event-ID.
        }
        catch (JobNotFoundException)
        {
            // The job was deleted: the stream is over, and the reader that comes back is told so.
        }
        catch (Exception exception) when (exception is HubException || exception.IsDatabaseOutage())
        {
            // The stream has begun, so no status can say it any more; the reader comes back with its Last-Event-ID.
            services.GetRequiredService<ILogger<EventStreamResult>>().LogWarning(exception, "The event stream of {Subject} is cut.", subject);
            httpContext.Abort();
        }
    }

    private static async Task WriteAllAsync(PipeWriter body, IAsyncEnumerable<FeedEvent> events, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Heartbeat);
        var tick = timer.WaitForNextTickAsync(ct).AsTask();
        await using var enumerator = events.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = enumerator.MoveNextAsync().AsTask();
            if (!next.IsCompleted)
                await body.FlushAsync(ct);
            while (await Task.WhenAny(next, tick) != next)
            {
                await tick;
                Write(body, ": heartbeat\n\n");
                await body.FlushAsync(ct);
                tick = timer.WaitForNextTickAsync(ct).AsTask();
            }
            if (!await next)
                break;
            WriteEvent(body, enumerator.Current);
            if (body.UnflushedBytes > 32 * 1024)
                await body.FlushAsync(ct);
        }
        await body.FlushAsync(ct);
    }

    private static void WriteEvent(PipeWriter body, FeedEvent next)
    {
        if (next.Seq is { } seq)
            Write(body, $"id: {seq}\n");
        Write(body, $"event: {next.Type}\ndata: ");
        // Without indentation JSON has no line breaks, which would end the field.
        body.Write(next.Json);
        Write(body, "\n\n");
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}
