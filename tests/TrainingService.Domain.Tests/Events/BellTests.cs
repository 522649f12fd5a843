using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using TrainingService.Contracts.Events;
using TrainingService.Domain.Events;

namespace TrainingService.Domain.Tests.Events;

/// <summary>Sender and listener on a database of the test's own.</summary>
public sealed class BellTests : IAsyncLifetime
{
    private readonly DomainFixture _domain = new();
    private readonly Channel<Bell> _heard = Channel.CreateUnbounded<Bell>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _domain.InitializeAsync();
        _domain.Listener.Subscribe(bell => _heard.Writer.TryWrite(bell));
        await _domain.Listener.StartAsync(Ct);
        Assert.IsType<ReconnectedBell>(await NextAsync());
    }

    public ValueTask DisposeAsync() => _domain.DisposeAsync();

    [Fact]
    public async Task A_change_of_a_job_is_heard_after_its_rows_are_there()
    {
        await _domain.Bell.StartAsync(Ct);

        var id = await _domain.AddJobAsync(Ct);

        Assert.Equal(new EventsBell(id), await NextAsync());
        Assert.Single(await _domain.ReadEventsAsync(id, Ct));
    }

    [Fact]
    public async Task A_wish_to_cancel_is_heard_as_such()
    {
        var id = await _domain.AddJobAsync(Ct);
        await _domain.ClaimAsync(id, Ct);
        await _domain.Store.CancelAsync(id, Ct);

        await _domain.Bell.StartAsync(Ct);

        Assert.Equal(new CancelBell(id), await NextAsync());
        Assert.Equal(new EventsBell(id), await NextAsync());
    }

    [Fact]
    public async Task Rings_that_wait_are_sent_as_one_per_job_however_many_jobs()
    {
        var ids = Enumerable.Range(0, 500).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var _ in Enumerable.Range(0, 20))
            ids.ForEach(_domain.Bell.Ring);

        await _domain.Bell.StartAsync(Ct);
        var heard = await HearAsync(ids.Count);
        var last = Guid.CreateVersion7();
        _domain.Bell.Ring(last);

        Assert.Equal(ids.Order(), heard.Cast<EventsBell>().Select(bell => bell.JobId).Order());
        Assert.Equal(new EventsBell(last), await NextAsync());
    }

    [Fact]
    public async Task Of_the_progress_that_waits_only_the_latest_is_sent_and_what_is_too_long_is_dropped()
    {
        var (slow, talkative) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        for (var step = 1; step <= 50; step++)
            _domain.Bell.SendProgress(Progress(slow, step));
        _domain.Bell.SendProgress(Progress(talkative, 1, new string('x', EventBell.MaxPayloadBytes)));

        await _domain.Bell.StartAsync(Ct);

        var bell = Assert.IsType<ProgressBell>(await NextAsync());
        Assert.Equal((slow, 50, null), (bell.Progress.JobId, bell.Progress.Data.GetProperty("step").GetInt32(), bell.Progress.Seq));
        _domain.Bell.Ring(slow);
        Assert.Equal(new EventsBell(slow), await NextAsync());
    }

    [Fact]
    public async Task A_listener_whose_connection_is_cut_connects_again_says_so_and_hears_on()
    {
        await _domain.Bell.StartAsync(Ct);

        await CutAsync("training listener");

        Assert.IsType<ReconnectedBell>(await NextAsync());
        var id = Guid.CreateVersion7();
        _domain.Bell.Ring(id);
        Assert.Equal(new EventsBell(id), await NextAsync());
    }

    [Fact]
    public async Task A_sender_whose_connection_is_cut_rings_again_for_what_it_could_not_send()
    {
        await _domain.Bell.StartAsync(Ct);
        var before = Guid.CreateVersion7();
        _domain.Bell.Ring(before);
        Assert.Equal(new EventsBell(before), await NextAsync());

        await CutAsync("training bell");
        var id = Guid.CreateVersion7();
        _domain.Bell.Ring(id);

        Assert.Equal(new EventsBell(id), await NextAsync());
    }

    [Fact]
    public async Task What_was_not_sent_when_the_program_ends_is_sent_then()
    {
        var id = Guid.CreateVersion7();
        _domain.Bell.Ring(id);

        await _domain.Bell.StopAsync(Ct);

        Assert.Equal(new EventsBell(id), await NextAsync());
    }

    [Fact]
    public async Task A_subscriber_that_fails_does_not_disturb_the_others_and_one_that_left_hears_nothing()
    {
        await _domain.Bell.StartAsync(Ct);
        var left = new ConcurrentBag<Bell>();
        using var failing = _domain.Listener.Subscribe(_ => throw new InvalidOperationException("a subscriber's bug"));
        var late = Channel.CreateUnbounded<Bell>();
        using var other = _domain.Listener.Subscribe(bell => late.Writer.TryWrite(bell));
        _domain.Listener.Subscribe(left.Add).Dispose();
        var id = Guid.CreateVersion7();

        _domain.Bell.Ring(id);

        Assert.Equal(new EventsBell(id), await late.Reader.ReadAsync(Ct));
        Assert.Empty(left);
    }

    private static JobEvent Progress(Guid id, int step, string? padding = null) =>
        new(null, id, 1, EventTypes.Progress, DateTimeOffset.UnixEpoch, JsonSerializer.SerializeToElement(new { step, padding }));

    private async Task<Bell> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        return await _heard.Reader.ReadAsync(limit.Token);
    }

    private async Task<List<Bell>> HearAsync(int count)
    {
        var heard = new List<Bell>();
        while (heard.Count < count)
            heard.Add(await NextAsync());
        return heard;
    }

    private async Task CutAsync(string application)
    {
        await using var command = _domain.Database.CreateCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1");
        command.Parameters.AddWithValue(application);
        Assert.Equal(1L, await command.ExecuteScalarAsync(Ct));
    }
}
