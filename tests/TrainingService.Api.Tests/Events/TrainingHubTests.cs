using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using TrainingService.Api.Events;

namespace TrainingService.Api.Tests.Events;

public sealed class TrainingHubTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_visitor_gets_what_was_and_then_what_comes()
    {
        var run = await service.StartAsync();
        await run.LogAsync("before");
        await using var hub = await ConnectAsync();
        await using var events = hub.StreamAsync<JobEvent>("Events", run.Id, 0L, Ct).GetAsyncEnumerator(Ct);

        Assert.Equal([1L, 2L, 3L], [await SeqAsync(events), await SeqAsync(events), await SeqAsync(events)]);
        await run.LogAsync("after");
        Assert.Equal(4, await SeqAsync(events));
        Assert.Equal("after", events.Current.Data.GetProperty("message").GetString());
        await run.FinishAsync();
        Assert.Equal(5, await SeqAsync(events));
        Assert.Equal(EventTypes.Terminal, events.Current.Type);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Progress_comes_between_the_numbered_events()
    {
        var run = await service.StartAsync();
        await using var hub = await ConnectAsync();
        await using var events = hub.StreamAsync<JobEvent>("Events", run.Id, 2L, Ct).GetAsyncEnumerator(Ct);
        await run.LogAsync("live");
        Assert.Equal(3, await SeqAsync(events));

        run.Progress(step: 42);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal((EventTypes.Progress, null), (events.Current.Type, events.Current.Seq));
        Assert.Equal(42, events.Current.Data.GetProperty("step").GetInt64());
    }

    [Fact]
    public async Task An_ended_job_is_told_to_its_end_and_a_visitor_who_has_it_all_gets_nothing()
    {
        var run = await service.StartAsync();
        await run.FinishAsync();
        await using var hub = await ConnectAsync();
        Assert.Equal("1 2 3", string.Join(' ', await SeqsAsync(hub, run.Id, 0)));
        Assert.Equal("3", string.Join(' ', await SeqsAsync(hub, run.Id, 2)));
        Assert.Empty(await SeqsAsync(hub, run.Id, 3));
    }

    [Fact]
    public async Task A_job_that_does_not_exist_is_an_error_that_says_so()
    {
        await using var hub = await ConnectAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => SeqsAsync(hub, Guid.CreateVersion7(), 0));
        Assert.Contains("job_not_found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_visitors_who_come_and_come_back_while_it_runs_get_every_event_once_and_in_order()
    {
        const int Visitors = 100;
        const int Batches = 40;
        const int PerBatch = 25;
        var run = await service.StartAsync();
        var visits = new List<Task<long[]>>();
        for (var batch = 0; batch < Batches; batch++)
        {
            for (var i = 0; visits.Count < Visitors && i < 4; i++)
                visits.Add(VisitAsync(run.Id, comesBackAfter: i % 2 == 0 ? 10 * (batch + 1) : null));
            await run.AppendAsync([.. Enumerable.Range(0, PerBatch).Select(i => (EventTypes.Log, (object)new LogEvent("info", $"{batch}/{i}")))]);
        }
        await run.FinishAsync();

        var last = 2 + (Batches * PerBatch) + 1;
        var expected = Enumerable.Range(1, last).Select(seq => (long)seq).ToArray();
        Assert.Equal(Visitors, visits.Count);
        foreach (var visit in visits)
            Assert.Equal(expected, await visit);
    }

    [Fact]
    public async Task Jobs_streams_the_newest_jobs_and_then_every_change()
    {
        var before = await service.AddAsync();
        await using var hub = await ConnectAsync();
        await using var jobs = hub.StreamAsync<JobResponse>("Jobs", Ct).GetAsyncEnumerator(Ct);
        Assert.Equal(JobStatus.Queued, (await NextAsync(jobs, before, JobStatus.Queued)).Status);

        var run = await service.ClaimAsync(before);
        await NextAsync(jobs, before, JobStatus.Running);
        var added = await service.AddAsync();
        await NextAsync(jobs, added, JobStatus.Queued);
        await run.FinishAsync();
        Assert.True((await NextAsync(jobs, before, JobStatus.Succeeded)).IsTerminal);
    }

    [Fact]
    public async Task Nobody_watching_leaves_no_reader_behind()
    {
        var run = await service.StartAsync();
        var relay = service.Get<EventRelay>();
        using var leave = new CancellationTokenSource();
        await using (var hub = await ConnectAsync())
        {
            await using var events = hub.StreamAsync<JobEvent>("Events", run.Id, 0L, leave.Token).GetAsyncEnumerator(Ct);
            Assert.Equal(1, await SeqAsync(events));
            Assert.Contains(run.Id, relay.Watched.Keys);
            await leave.CancelAsync();
        }
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (relay.Watched.ContainsKey(run.Id))
            await timer.WaitForNextTickAsync(Ct);
    }

    private async Task<HubConnection> ConnectAsync()
    {
        var hub = service.Hub();
        await hub.StartAsync(Ct);
        return hub;
    }

    /// <summary>Everything that a visitor gets, who perhaps loses its connection after some events and comes back with its number.</summary>
    private async Task<long[]> VisitAsync(Guid id, int? comesBackAfter)
    {
        var seqs = new List<long>();
        if (comesBackAfter is { } count)
        {
            await using var first = await ConnectAsync();
            await foreach (var e in first.StreamAsync<JobEvent>("Events", id, 0L, Ct))
            {
                if (e.Seq is { } seq)
                    seqs.Add(seq);
                if (seqs.Count >= count)
                    break;
            }
        }
        await using var hub = await ConnectAsync();
        seqs.AddRange(await SeqsAsync(hub, id, seqs.LastOrDefault()));
        return [.. seqs];
    }

    private static async Task<long[]> SeqsAsync(HubConnection hub, Guid id, long after)
    {
        var seqs = new List<long>();
        await foreach (var e in hub.StreamAsync<JobEvent>("Events", id, after, Ct))
            if (e.Seq is { } seq)
                seqs.Add(seq);
        return [.. seqs];
    }

    private static async Task<long?> SeqAsync(IAsyncEnumerator<JobEvent> events) => await events.MoveNextAsync() ? events.Current.Seq : null;

    private static async Task<JobResponse> NextAsync(IAsyncEnumerator<JobResponse> jobs, Guid id, JobStatus status)
    {
        while (await jobs.MoveNextAsync())
            if (jobs.Current.Id == id && jobs.Current.Status == status)
                return jobs.Current;
        throw new InvalidOperationException("The stream ended.");
    }
}
