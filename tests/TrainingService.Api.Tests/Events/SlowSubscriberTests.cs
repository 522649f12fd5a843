using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Api.Events;
using TrainingService.Domain.Events;

namespace TrainingService.Api.Tests.Events;

public sealed class SlowSubscriberTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_who_stops_reading_does_not_hold_up_the_others()
    {
        const int Batches = 12;
        var run = await service.StartAsync();
        using var stalled = new ClientWebSocket();
        await stalled.ConnectAsync(new Uri($"ws://{service.Address.Authority}/hubs/training"), Ct);
        await SendAsync(stalled, """{"protocol":"json","version":1}""");
        await SendAsync(stalled, $$"""{"type":4,"invocationId":"1","target":"Events","arguments":["{{run.Id}}",0]}""");
        await using var hub = service.Hub();
        await hub.StartAsync(Ct);
        var reader = Task.Run(async () =>
        {
            var seqs = new List<long>();
            await foreach (var e in Microsoft.AspNetCore.SignalR.Client.HubConnectionExtensions.StreamAsync<JobEvent>(hub, "Events", run.Id, 0L, Ct))
                seqs.Add(e.Seq ?? 0);
            return seqs;
        }, Ct);

        // Far more than sockets and the subscriber's room can hold.
        var text = new string('x', 4_000);
        for (var batch = 0; batch < Batches; batch++)
            await run.AppendAsync([.. Enumerable.Range(0, 250).Select(_ => (EventTypes.Log, (object)new LogEvent("info", text)))]);
        await run.FinishAsync();

        var expected = Enumerable.Range(1, 2 + (Batches * 250) + 1).Select(seq => (long)seq);
        Assert.Equal(expected, await reader);
    }

    [Fact]
    public async Task F32_slow_subscribers_hold_up_nobody_take_little_memory_and_miss_nothing()
    {
        const int Slow = 10;
        const int Batches = 24;
        var run = await service.StartAsync();
        var slow = new List<SlowSocket>();
        for (var number = 0; number < Slow; number++)
        {
            slow.Add(new SlowSocket(service.Address, run.Id));
            await slow[^1].SubscribeAsync(Ct);
        }
        using var fastDone = new CancellationTokenSource();
        var slowly = slow.ConvertAll(socket => ReadSlowlyAsync(socket, fastDone.Token));
        var ledgers = Enumerable.Range(0, 10).Select(_ => new Ledger(Ledger.Client(service.Address), run.Id)).ToList();
        var following = ledgers.ConvertAll(ledger => ledger.FollowAsync(Ct));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // 24 MB for each of them.
        var text = new string('x', 4_000);
        for (var batch = 0; batch < Batches; batch++)
            await run.AppendAsync([.. Enumerable.Range(0, 250).Select(_ => (EventTypes.Log, (object)new LogEvent("info", text)))]);
        await run.FinishAsync();
        await Task.WhenAll(following);

        var behind = slow.ConvertAll(socket => socket.Seqs.Count);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        await fastDone.CancelAsync();
        await Task.WhenAll(slowly);
        Assert.All(behind, count => Assert.InRange(count, 0, 250));
        Assert.True(grown < 50_000_000, $"Expected less than 50 MB more. Received: {grown:N0} bytes.");

        // In a hurry now: each goes on where it stood, by the rows, or comes back with its number when it was given up.
        var expected = Enumerable.Range(1, 2 + (Batches * 250) + 1).Select(seq => (long)seq).ToArray();
        foreach (var socket in slow)
        {
            while (await socket.ReadAsync(int.MaxValue, Ct))
            {
            }
            Assert.Equal(expected, socket.Seqs);
            socket.Dispose();
        }
    }

    [Fact]
    public async Task A_visitor_who_was_only_busy_misses_nothing()
    {
        var run = await service.StartAsync();
        var time = new HandTime();
        using var relay = await RelayAsync(time);
        await using var events = relay.FollowAsync(run.Id, 2, Ct).GetAsyncEnumerator(Ct);
        await FallBehindAsync(run, relay, events);

        time.Advance(TimeSpan.FromSeconds(5));
        await run.FinishAsync();

        var last = events.Current;
        while (await events.MoveNextAsync())
        {
            Assert.Equal(last.Seq + 1, events.Current.Seq);
            last = events.Current;
        }
        Assert.Equal((EventTypes.Terminal, 3 + (2 * Subscriber.Capacity) + 1), (last.Type, last.Seq));
        await relay.StopAsync(Ct);
    }

    [Fact]
    public async Task A_visitor_who_does_not_come_back_in_time_is_dropped_with_a_reason()
    {
        var run = await service.StartAsync();
        var time = new HandTime();
        using var relay = await RelayAsync(time);
        await using var events = relay.FollowAsync(run.Id, 2, Ct).GetAsyncEnumerator(Ct);
        await FallBehindAsync(run, relay, events);

        time.Advance(TimeSpan.FromSeconds(60));

        // What waited for it is still in order; then it loses its place.
        for (var i = 1; i <= Subscriber.Capacity; i++)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(3 + i, events.Current.Seq);
        }
        await Assert.ThrowsAsync<SlowSubscriberException>(async () => await events.MoveNextAsync());
        await relay.StopAsync(Ct);
    }

    /// <summary>Takes one event, then none until twice as many have been passed on as there is room for.</summary>
    private static async Task FallBehindAsync(Run run, EventRelay relay, IAsyncEnumerator<FeedEvent> events)
    {
        var first = events.MoveNextAsync();
        await run.LogAsync("first");
        Assert.True(await first);
        await run.AppendAsync([.. Enumerable.Range(0, 2 * Subscriber.Capacity).Select(_ => (EventTypes.Log, (object)new LogEvent("info", "x")))]);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (relay.Watched[run.Id] < 3 + (2 * Subscriber.Capacity))
            await timer.WaitForNextTickAsync(Ct);
    }

    /// <summary>A kilobyte a second.</summary>
    private static async Task ReadSlowlyAsync(SlowSocket socket, CancellationToken until)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(until))
                await socket.ReadAsync(1_024, Ct);
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // The others are done.
        }
    }

    private async Task<EventRelay> RelayAsync(TimeProvider time)
    {
        var relay = new EventRelay(service.Get<EventRows>(), service.Get<BellListener>(), time, NullLogger<EventRelay>.Instance);
        await relay.StartAsync(Ct);
        return relay;
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, Ct);

    private sealed class HandTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
