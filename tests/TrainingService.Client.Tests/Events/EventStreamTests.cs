using TrainingService.Client.Events;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Events;

namespace TrainingService.Client.Tests.Events;

public sealed class EventStreamTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dropped_connections_lose_nothing_and_double_nothing()
    {
        var job = ScriptedJob.OfLength(200);
        var script = new Script { Repeat = 3 }.Add(job);
        foreach (var seq in new long[] { 1, 2, 37, 100, 199 })
            script.DropAfter[seq] = true;
        await using var server = await TestServer.StartAsync(script);

        var seqs = await ReadAsync(server.Client(), job.Id);

        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long?)n), seqs);
        Assert.True(script.DropAfter.IsEmpty, "every planned drop happened");
        Assert.True(script.Subscriptions.Count >= 6, $"{script.Subscriptions.Count} subscriptions");
    }

    [Fact]
    public async Task A_restarted_server_is_waited_for_and_the_stream_goes_on()
    {
        var job = ScriptedJob.OfLength(40);
        var script = new Script { HoldBefore = 20 }.Add(job);
        var first = await TestServer.StartAsync(script);
        var port = first.Address.Port;
        var states = new List<StreamState>();
        var seqs = new List<long?>();
        TestServer? second = null;

        await foreach (var jobEvent in first.Client().Jobs.EventsAsync(job.Id, onStatus: status => states.Add(status.State), cancellationToken: Ct))
        {
            seqs.Add(jobEvent.Seq);
            if (jobEvent.Seq == 19)
            {
                await first.DisposeAsync();
                script.HoldBefore = long.MaxValue;
                second = await TestServer.StartAsync(script, port);
            }
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(n => (long?)n), seqs);
        Assert.Equal([StreamState.Connecting, StreamState.Live, StreamState.Reconnecting], states.Take(3));
        Assert.Equal(StreamState.Live, states[^1]);
        await second!.DisposeAsync();
    }

    [Fact]
    public async Task An_event_that_was_left_out_is_asked_for_again()
    {
        var job = ScriptedJob.OfLength(30);
        var script = new Script().Add(job);
        script.LeaveOut[12] = 1;
        await using var server = await TestServer.StartAsync(script);

        var seqs = await ReadAsync(server.Client(), job.Id);

        Assert.Equal(Enumerable.Range(1, 30).Select(n => (long?)n), seqs);
        Assert.Equal([0, 11], script.Subscriptions);
    }

    [Fact]
    public async Task An_event_that_never_comes_is_an_error_and_not_skipped()
    {
        var job = ScriptedJob.OfLength(30);
        var script = new Script().Add(job);
        script.LeaveOut[12] = int.MaxValue;
        await using var server = await TestServer.StartAsync(script);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(server.Client(), job.Id));

        Assert.Contains("expected event 12", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starting_after_an_event_leaves_out_what_came_before()
    {
        var job = ScriptedJob.OfLength(10);
        await using var server = await TestServer.StartAsync(new Script().Add(job));

        Assert.Equal([8L, 9L, 10L], await ReadAsync(server.Client(), job.Id, after: 7));
    }

    [Fact]
    public async Task Starting_after_the_last_event_ends_at_once()
    {
        var job = ScriptedJob.OfLength(10);
        await using var server = await TestServer.StartAsync(new Script().Add(job));

        Assert.Empty(await ReadAsync(server.Client(), job.Id, after: 10));
    }

    [Fact]
    public async Task Progress_has_no_number_and_passes()
    {
        var progress = new ProgressEvent(1, 2, 5, 10, new Dictionary<string, double?> { ["loss"] = 0.5 }, 1000, 12);
        var job = new ScriptedJob([new LogEvent("info", "a"), progress, new TerminalEvent("succeeded", "completed", null)]);
        await using var server = await TestServer.StartAsync(new Script().Add(job));

        Assert.Equal([1L, null, 2L], await ReadAsync(server.Client(), job.Id));
    }

    [Fact]
    public async Task An_unknown_job_is_an_error_and_not_waited_for()
    {
        await using var server = await TestServer.StartAsync(new Script());

        var error = await Assert.ThrowsAsync<TrainingServiceException>(() => ReadAsync(server.Client(), Guid.NewGuid()));

        Assert.Equal("not_found", error.Problem.Code);
    }

    [Fact]
    public async Task Leaving_the_loop_ends_the_stream_on_the_server()
    {
        var job = ScriptedJob.OfLength(10);
        var script = new Script { HoldBefore = 5 }.Add(job);
        await using var server = await TestServer.StartAsync(script);

        await foreach (var jobEvent in server.Client().Jobs.EventsAsync(job.Id, cancellationToken: Ct))
        {
            if (jobEvent.Seq == 4)
                break;
        }

        await script.StreamStopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Cancelling_ends_the_loop_and_the_stream_on_the_server()
    {
        var job = ScriptedJob.OfLength(10);
        var script = new Script { HoldBefore = 5 }.Add(job);
        await using var server = await TestServer.StartAsync(script);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var jobEvent in server.Client().Jobs.EventsAsync(job.Id, cancellationToken: stop.Token))
            {
                if (jobEvent.Seq == 4)
                    await stop.CancelAsync();
            }
        });

        await script.StreamStopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Changes_of_jobs_come_with_the_state_of_the_connection()
    {
        var job = ScriptedJob.OfLength(3);
        await using var server = await TestServer.StartAsync(new Script().Add(job));
        var states = new List<StreamState>();

        await foreach (var changed in server.Client().Jobs.ChangesAsync(status => states.Add(status.State), Ct))
        {
            Assert.Equal(job.Id, changed.Id);
            break;
        }

        Assert.Equal([StreamState.Connecting, StreamState.Live], states);
    }

    private static async Task<List<long?>> ReadAsync(TrainingServiceClient client, Guid jobId, long after = 0) =>
        await client.Jobs.EventsAsync(jobId, after, cancellationToken: Ct).Select(jobEvent => jobEvent.Seq).ToListAsync(Ct);
}
