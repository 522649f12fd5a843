using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Metadata;
using TrainingService.Api.Events;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Datasets;

/// <summary>A version's events as they come, over server-sent events: rows first, woken by the bell, and by a slow poll for bells that were lost.</summary>
internal sealed class DatasetEventStream(Guid versionId, long after) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    private const int PageSize = 500;

    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(2);

    public int? StatusCode => StatusCodes.Status200OK;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(DatasetEvent), [EventStreamResult.ContentType]));

    public Task ExecuteAsync(HttpContext httpContext) =>
        EventStreamResult.WriteAsync(httpContext, $"version {versionId}", ct => FollowAsync(httpContext.RequestServices, ct));

    private async IAsyncEnumerable<FeedEvent> FollowAsync(IServiceProvider services, [EnumeratorCancellation] CancellationToken ct)
    {
        var (store, bells) = (services.GetRequiredService<DatasetStore>(), services.GetRequiredService<BellListener>());
        var rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = bells.Subscribe(bell =>
        {
            if (bell is ReconnectedBell || (bell is EventsBell events && events.JobId == versionId))
                rung.Writer.TryWrite(true);
        });
        var seq = after;
        while (true)
        {
            foreach (var next in await store.ReadEventsAsync(versionId, seq, PageSize, ct))
            {
                yield return new FeedEvent(next);
                seq = next.Seq;
                if (IsLast(next))
                    yield break;
            }
            using var poll = CancellationTokenSource.CreateLinkedTokenSource(ct);
            poll.CancelAfter(PollPeriod);
            try
            {
                await rung.Reader.ReadAsync(poll.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // No bell: look all the same.
                if (await store.IsGoneAsync(versionId, ct))
                    yield break;
            }
        }
    }

    private static bool IsLast(DatasetEvent next) => next.Type == DatasetEventTypes.Status
        && EnumText.Parse<DatasetStatus>(next.Data.GetProperty("status").GetString()!).IsTerminal();
}
