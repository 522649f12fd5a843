using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Webhooks;

public class WebhookDeliveryTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static RemoteMonitor To(Receiver receiver, bool json = true) => new($"http://127.0.0.1:{receiver.Port}", SendAsJson: json);

    [Fact]
    public async Task Each_epoch_is_sent_as_keras_sends_it()
    {
        using var receiver = new Receiver();
        using var bench = WebhookBench.For(domain, receiver);
        await bench.JobAsync(To(receiver, json: false) with { Field = "my data" }, 1, Ct);
        Assert.Equal(1, await bench.Sender().RoundAsync(Ct));
        var received = Assert.Single(receiver.Received);
        Assert.Equal("application/x-www-form-urlencoded", received.ContentType);
        Assert.StartsWith("my+data=", received.Body);
        using var figures = JsonDocument.Parse(Uri.UnescapeDataString(received.Body["my+data=".Length..].Replace('+', ' ')));
        Assert.Equal("""{"epoch":0,"loss":1,"accuracy":null}""", figures.RootElement.GetRawText());
    }

    [Fact]
    public async Task F34_What_a_receiver_missed_comes_in_order_with_the_same_ids()
    {
        var port = Readiness.FreePort();
        using var bench = new WebhookBench(domain, WebhookBench.OptionsFor(port, TimeSpan.FromSeconds(1)));
        var claim = await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{port}", SendAsJson: true), 2, Ct);
        var sender = bench.Sender();
        // Nobody listens for an hour: tries at 0 s, 5 s, 5 min, 35 min.
        var tried = 0;
        for (var minute = 0; minute < 60; minute++, bench.Advance(TimeSpan.FromMinutes(1)))
            tried += await sender.RoundAsync(Ct);
        Assert.Equal(4, tried);
        Assert.Equal(0, (await bench.RowAsync(claim.JobId, Ct)).Delivered);

        using var receiver = new Receiver(port);
        receiver.Answer = Receiver.Status(500);
        bench.Advance(TimeSpan.FromHours(3));
        Assert.Equal(1, await sender.RoundAsync(Ct));
        using var gone = new CancellationTokenSource();
        receiver.Answer = async _ => await Task.Delay(Timeout.Infinite, gone.Token).ContinueWith(_ => { }, TaskScheduler.Default); // it never answers
        bench.Advance(TimeSpan.FromHours(6));
        Assert.Equal(1, await sender.RoundAsync(Ct));
        Assert.Contains("in time", (await bench.RowAsync(claim.JobId, Ct)).LastError);
        await gone.CancelAsync();
        receiver.Answer = Receiver.Status(204);
        await bench.EpochAsync(claim, 3, Ct);
        bench.Advance(TimeSpan.FromHours(11));
        while (await sender.RoundAsync(Ct) > 0)
        {
        }

        var row = await bench.RowAsync(claim.JobId, Ct);
        Assert.Equal((3, 0, true, (string?)null), (row.Delivered, row.Dead, row.Active, row.LastError));
        Assert.Equal([0, 0, 0, 1, 2], receiver.Received.Select(received => JsonDocument.Parse(received.Body).RootElement.GetProperty("epoch").GetInt32()));
        Assert.Equal(3, receiver.Received.Select(received => received.Id).Distinct().Count());
        Assert.Single(receiver.Received.Take(3).Select(received => received.Id).Distinct());
    }

    [Fact]
    public async Task F34_After_the_last_try_the_next_epoch_has_its_turn()
    {
        using var receiver = new Receiver { Answer = Receiver.Status(503) };
        using var bench = WebhookBench.For(domain, receiver);
        var claim = await bench.JobAsync(To(receiver), 2, Ct);
        var sender = bench.Sender();
        for (var i = 0; i < 10; i++, bench.Advance(TimeSpan.FromHours(25)))
            Assert.Equal(1, await sender.RoundAsync(Ct));
        Assert.Equal(1, (await bench.RowAsync(claim.JobId, Ct)).Dead);
        receiver.Answer = Receiver.Status(200);
        Assert.Equal(1, await sender.RoundAsync(Ct));
        var row = await bench.RowAsync(claim.JobId, Ct);
        Assert.Equal((1, 1), (row.Delivered, row.Dead));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_for_good_is_left_alone()
    {
        using var receiver = new Receiver { Answer = Receiver.Status(410) };
        using var bench = WebhookBench.For(domain, receiver);
        var claim = await bench.JobAsync(To(receiver), 3, Ct);
        Assert.Equal(1, await bench.Sender().RoundAsync(Ct));
        bench.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await bench.Sender().RoundAsync(Ct));
        Assert.False((await bench.RowAsync(claim.JobId, Ct)).Active);
    }

    [Fact]
    public async Task A_webhook_of_a_job_that_has_ended_is_closed_when_all_is_sent()
    {
        using var receiver = new Receiver();
        using var bench = WebhookBench.For(domain, receiver);
        var claim = await bench.JobAsync(To(receiver), 2, Ct);
        await domain.Store.TryFinishAsync(claim.JobId, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct);
        var sender = bench.Sender();
        while (await sender.RoundAsync(Ct) > 0)
        {
        }
        var row = await bench.RowAsync(claim.JobId, Ct);
        Assert.Equal((2, false), (row.Delivered, row.Active));
    }

    [Fact]
    public async Task Several_senders_share_the_work_and_send_nothing_twice()
    {
        using var receiver = new Receiver();
        using var bench = WebhookBench.For(domain, receiver);
        for (var job = 0; job < 5; job++)
            await bench.JobAsync(To(receiver), 4, Ct);
        var senders = Enumerable.Range(0, 3).Select(_ => bench.Sender()).ToList();
        int tried;
        do
            tried = (await Task.WhenAll(senders.Select(sender => sender.RoundAsync(Ct)))).Sum();
        while (tried > 0);
        Assert.Equal(20, receiver.Received.Count);
        Assert.Equal(20, receiver.Received.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task C06_The_signature_is_standard_webhooks()
    {
        using var receiver = new Receiver();
        using var bench = WebhookBench.For(domain, receiver);
        await bench.JobAsync(To(receiver), 1, Ct);
        await bench.Sender().RoundAsync(Ct);
        var received = Assert.Single(receiver.Received);
        Assert.Equal(Signature(received.Body), received.Signature);
        Assert.NotEqual(Signature(received.Body + " "), received.Signature);

        string Signature(string body) =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(WebhookBench.Key, Encoding.UTF8.GetBytes($"{received.Id}.{received.Timestamp}.{body}")));
    }
}
