using TrainingService.Client.Events;

namespace TrainingService.Api.Tests.Events;

public sealed class ReconnectTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F31_subscribers_cut_off_and_led_to_another_instance_have_the_rows_and_nothing_else()
    {
        const int Subscribers = 40;
        const int Batches = 30;
        await using var other = await ServiceFixture.StartAsync(service.ConnectionString);
        await using var proxy = new SwitchingProxy(service.Address);
        var client = Ledger.Client(proxy.Address);
        var run = await service.StartAsync();
        var ledgers = Enumerable.Range(0, Subscribers).Select(_ => new Ledger(client, run.Id)).ToList();
        var following = ledgers.ConvertAll(ledger => ledger.FollowAsync(Ct));

        for (var batch = 0; batch < Batches; batch++)
        {
            await run.AppendAsync([.. Enumerable.Range(0, 20).Select(i => (EventTypes.Log, (object)new LogEvent("info", $"{batch}/{i}")))]);
            if (batch % 10 != 5)
                continue;
            // All of them are in the middle of it: connected, and with something.
            await UntilAsync(() => ledgers.TrueForAll(ledger => ledger.Count > 20 * (batch - 5)));
            proxy.CutAndSwitch(batch % 20 == 5 ? other.Address : service.Address);
        }
        await run.FinishAsync();

        await Task.WhenAll(following);
        foreach (var ledger in ledgers)
            await ledger.CheckAsync(service.Store, Ct);
        Assert.All(ledgers, ledger => Assert.True(ledger.Reconnects >= 3, $"Expected 3 cuts. Received: {ledger.Reconnects}."));
    }

    [Fact]
    public async Task L5_many_subscribers_of_one_job_get_every_event_and_share_one_reader()
    {
        const int Subscribers = 100;
        var client = Ledger.Client(service.Address);
        var run = await service.StartAsync();
        var ledgers = Enumerable.Range(0, Subscribers).Select(_ => new Ledger(client, run.Id)).ToList();
        var following = ledgers.ConvertAll(ledger => ledger.FollowAsync(Ct));
        await UntilAsync(() => ledgers.TrueForAll(ledger => ledger.Count >= 2));

        for (var i = 0; i < 50; i++)
            await run.LogAsync($"{i}");
        Assert.Contains(run.Id, service.Get<TrainingService.Api.Events.EventRelay>().Watched.Keys);
        await run.FinishAsync();

        await Task.WhenAll(following);
        foreach (var ledger in ledgers)
            await ledger.CheckAsync(service.Store, Ct);
        Assert.All(ledgers, ledger => Assert.Equal(0, ledger.Reconnects));
    }

    [Fact]
    public async Task L7_all_subscribers_that_come_back_at_once_far_behind_catch_up()
    {
        const int Subscribers = 100;
        const int Behind = 500;
        await using var proxy = new SwitchingProxy(service.Address);
        var client = Ledger.Client(proxy.Address);
        var run = await service.StartAsync();
        var ledgers = Enumerable.Range(0, Subscribers).Select(_ => new Ledger(client, run.Id)).ToList();
        var following = ledgers.ConvertAll(ledger => ledger.FollowAsync(Ct));
        await UntilAsync(() => ledgers.TrueForAll(ledger => ledger.Count >= 2));

        var nobody = new Uri("http://127.0.0.1:9/");
        proxy.CutAndSwitch(nobody);
        for (var i = 0; i < Behind; i += 50)
            await run.AppendAsync([.. Enumerable.Range(i, 50).Select(n => (EventTypes.Log, (object)new LogEvent("info", $"{n}")))]);
        proxy.CutAndSwitch(service.Address);
        await UntilAsync(() => ledgers.TrueForAll(ledger => ledger.Count >= 2 + Behind));
        await run.FinishAsync();

        await Task.WhenAll(following);
        foreach (var ledger in ledgers)
            await ledger.CheckAsync(service.Store, Ct);
    }

    [Fact]
    public async Task Watching_a_job_that_is_deleted_ends_with_a_reason()
    {
        var run = await service.StartAsync();
        var ledger = new Ledger(Ledger.Client(service.Address), run.Id);
        var following = ledger.FollowAsync(Ct);
        await UntilAsync(() => ledger.Count >= 2);

        await service.Store.DeleteAsync(run.Id, Ct);

        var gone = await Assert.ThrowsAsync<TrainingService.Client.TrainingServiceException>(() => following);
        Assert.Equal(404, gone.Problem.Status);
        await UntilAsync(() => !service.Get<TrainingService.Api.Events.EventRelay>().Watched.ContainsKey(run.Id));
    }

    [Fact]
    public async Task The_event_stream_of_a_job_that_is_deleted_ends_and_the_next_visit_is_told()
    {
        var run = await service.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{run.Id}/events") { Headers = { { "Accept", "text/event-stream" } } };
        using var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var body = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        for (string? line = null; line != "id: 2";)
        {
            line = await body.ReadLineAsync(Ct);
            Assert.NotNull(line);
        }

        await service.Store.DeleteAsync(run.Id, Ct);

        Assert.Contains("running", await body.ReadToEndAsync(Ct), StringComparison.Ordinal); // a stream that is broken off throws
        await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/jobs/{run.Id}/events", Ct), HttpStatusCode.NotFound);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!holds())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
