using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Jobs;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>
/// Jobs as they change, for lists. Changes are collected for a moment and read with one query for all who watch; a watcher that is slow
/// sees a job's latest state and none of those between.
/// </summary>
internal sealed class JobListFeed(IDbContextFactory<TrainingDb> databases, JobAnswers answers, BellListener bells, ILogger<JobListFeed> logger) : BackgroundService
{
    /// <summary>Jobs whose state begins a stream, so that nothing is missed between reading a list and following it.</summary>
    public const int Newest = 50;

    private static readonly TimeSpan CollectPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, bool> _changed = new();
    private readonly Channel<bool> _wake = Signal();
    private ImmutableList<Watcher> _watchers = [];

    /// <summary>The newest jobs as they are, then every job that changes, without spec and model, until cancelled.</summary>
    public async IAsyncEnumerable<JobResponse> FollowAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        ImmutableInterlocked.Update(ref _watchers, all => all.Add(watcher));
        try
        {
            await using (var db = await databases.CreateDbContextAsync(ct))
                watcher.Pass(await answers.OfAsync(await db.Jobs.AsNoTracking().OrderByDescending(job => job.Id).Take(Newest).Select(JobRow.ForLists).ToListAsync(ct), ct));
            while (await watcher.Signal.Reader.WaitToReadAsync(ct))
                foreach (var job in watcher.Take())
                    yield return job;
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, all => all.Remove(watcher));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bells.Subscribe(Hear);
        using var timer = new PeriodicTimer(CollectPeriod);
        using var retry = new PeriodicTimer(RetryPeriod);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stoppingToken))
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                _wake.Reader.TryRead(out _);
                while (!await TryPassChangesAsync(stoppingToken))
                    await retry.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private void Hear(Bell bell)
    {
        if (_watchers.IsEmpty)
            return;
        switch (bell)
        {
            case EventsBell events:
                _changed[events.JobId] = true;
                _wake.Writer.TryWrite(true);
                break;
            case ReconnectedBell:
                foreach (var watcher in _watchers)
                    watcher.Signal.Writer.TryComplete(new HubException("missed_changes: the database was away. Read the list again and subscribe."));
                break;
        }
    }

    /// <returns>False when the database does not answer; the changes wait.</returns>
    private async Task<bool> TryPassChangesAsync(CancellationToken ct)
    {
        var ids = _changed.Keys.Where(id => _changed.TryRemove(id, out _)).ToArray();
        if (ids.Length == 0 || _watchers.IsEmpty)
            return true;
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var rows = await db.Jobs.AsNoTracking().Where(job => ids.Contains(job.Id)).Select(JobRow.ForLists).ToListAsync(ct);
            var jobs = await answers.OfAsync(rows, ct);
            foreach (var watcher in _watchers)
                watcher.Pass(jobs);
            return true;
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            logger.LogWarning(exception, "{Count} changed jobs could not be read; trying again.", ids.Length);
            foreach (var id in ids)
                _changed[id] = true;
            return false;
        }
    }

    /// <summary>What one watcher has not seen: at most one state per job.</summary>
    private sealed class Watcher
    {
        private readonly Lock _gate = new();
        private Dictionary<Guid, JobResponse> _unseen = [];

        public Channel<bool> Signal { get; } = JobListFeed.Signal();

        public void Pass(IReadOnlyList<JobResponse> jobs)
        {
            lock (_gate)
            {
                foreach (var job in jobs)
                    if (!_unseen.TryGetValue(job.Id, out var seen) || seen.LastSeq <= job.LastSeq)
                        _unseen[job.Id] = job;
            }
            Signal.Writer.TryWrite(true);
        }

        public Dictionary<Guid, JobResponse>.ValueCollection Take()
        {
            lock (_gate)
            {
                Signal.Reader.TryRead(out _);
                var taken = _unseen;
                _unseen = [];
                return taken.Values;
            }
        }
    }
}
