using Microsoft.AspNetCore.SignalR;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Events;

/// <summary>What is streamed to clients at <c>/hubs/training</c>. Each method is a stream of its own; a slow reader holds up itself only.</summary>
internal sealed class TrainingHub(EventRelay relay, JobListFeed jobs) : Hub
{
    public const string Path = "/hubs/training";

    /// <summary>A job's events after a number, then what comes, up to and including <c>terminal</c>; progress in between, as far as the reader keeps up.</summary>
    public IAsyncEnumerable<FeedEvent> Events(Guid jobId, long after, CancellationToken cancellationToken) =>
        relay.FollowAsync(jobId, after, cancellationToken);

    /// <summary>The newest jobs as they are, then every job that changes, without spec and model.</summary>
    public IAsyncEnumerable<JobResponse> Jobs(CancellationToken cancellationToken) => jobs.FollowAsync(cancellationToken);
}
