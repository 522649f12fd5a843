using System.Runtime.CompilerServices;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Events;
using TrainingService.Domain.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>
/// From the rows to any number of subscribers: one <see cref="JobFeed"/> per watched job, woken by the bell, and a slow poll for the bells
/// that were lost. A subscriber reads the rows up to the feed's place by itself, at its own speed, and then follows the feed; so first
/// visit, late join and coming back are the same code, and following costs no query per subscriber. What those read who come back together
/// is read once.
/// </summary>
internal sealed class EventRelay(EventRows rows, BellListener bells, TimeProvider time, ILogger<EventRelay> logger) : BackgroundService
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, JobFeed> _feeds = [];

    /// <summary>Jobs that somebody watches, and the number up to which each one's events are passed on.</summary>
    public IReadOnlyDictionary<Guid, long> Watched => Feeds().ToDictionary(pair => pair.Key, pair => pair.Value.Position);

    /// <summary>A job's events after a number: the rows, then what comes, up to and including <c>terminal</c>.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="SlowSubscriberException">The reader did not keep up.</exception>
    public async IAsyncEnumerable<FeedEvent> FollowAsync(Guid jobId, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var seq = Math.Max(after, 0);
        while (true)
        {
            var subscriber = new Subscriber(time);
            using var visit = new Visit(this, jobId, subscriber);
            var place = await visit.JoinAsync(ct);
            // A page may have been read before the subscriber joined; one that brings nothing new is read once more, and then there is no more.
            for (var inVain = 0; seq < place && inVain < 2; inVain++)
            {
                foreach (var row in await visit.Pages.ReadAsync(seq, ct))
                {
                    if (row.Seq <= seq)
                        continue;
                    yield return row;
                    seq = row.Seq ?? seq;
                    inVain = -1;
                }
            }
            subscriber.GoLive();
            await foreach (var next in subscriber.ReadAllAsync(ct))
            {
                if (next.Seq <= seq)
                    continue;
                yield return next;
                seq = next.Seq ?? seq;
            }
            if (!subscriber.IsBehind)
                yield break;
            if (subscriber.IsLost)
                throw new SlowSubscriberException(jobId);
            // A burst, or the rows took long to read: on from here by the rows.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bells.Subscribe(Hear);
        using var timer = new PeriodicTimer(PollPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await PollAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            foreach (var (_, feed) in Feeds())
                feed.Dispose();
        }
    }

    private void Hear(Bell bell)
    {
        switch (bell)
        {
            case EventsBell events:
                Find(events.JobId)?.Wake();
                break;
            case ProgressBell { Progress: var progress }:
                Find(progress.JobId)?.PassProgress(progress);
                break;
            case ReconnectedBell:
                foreach (var (_, feed) in Feeds())
                    feed.Wake();
                break;
        }
    }

    /// <summary>One query for all watched jobs, whoever watches them.</summary>
    private async Task PollAsync(CancellationToken ct)
    {
        var feeds = Feeds();
        if (feeds.Length == 0)
            return;
        try
        {
            var heads = await rows.ReadLastSeqsAsync([.. feeds.Select(pair => pair.Key)], ct);
            foreach (var (id, feed) in feeds)
                // A job that is not there any more was deleted; its feed finds that out and tells its subscribers.
                if (!heads.TryGetValue(id, out var lastSeq) || feed.IsBehind(lastSeq))
                    feed.Wake();
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            logger.LogWarning(exception, "The watched jobs could not be polled; the next poll tries again.");
        }
    }

    private KeyValuePair<Guid, JobFeed>[] Feeds()
    {
        lock (_gate)
            return [.. _feeds];
    }

    private JobFeed? Find(Guid jobId)
    {
        lock (_gate)
            return _feeds.GetValueOrDefault(jobId);
    }

    private JobFeed Enter(Guid jobId)
    {
        lock (_gate)
        {
            if (!_feeds.TryGetValue(jobId, out var feed))
            {
                _feeds[jobId] = feed = new JobFeed(jobId, rows, logger);
                _ = Task.Run(feed.RunAsync);
            }
            feed.Users++;
            return feed;
        }
    }

    private void Exit(Guid jobId, JobFeed feed)
    {
        lock (_gate)
        {
            // A failed feed is left by all; who comes next starts a new one.
            if (--feed.Users > 0 && !feed.HasFailed)
                return;
            if (_feeds.GetValueOrDefault(jobId) == feed)
                _feeds.Remove(jobId);
            if (feed.Users == 0)
                feed.Dispose();
        }
    }

    /// <summary>A subscriber's time in a feed.</summary>
    private sealed class Visit(EventRelay relay, Guid jobId, Subscriber subscriber) : IDisposable
    {
        private readonly JobFeed _feed = relay.Enter(jobId);

        public SharedPages Pages => _feed.Pages;

        public async Task<long> JoinAsync(CancellationToken ct)
        {
            await _feed.Started.WaitAsync(ct);
            return _feed.Join(subscriber);
        }

        public void Dispose()
        {
            _feed.Leave(subscriber);
            relay.Exit(jobId, _feed);
        }
    }
}
