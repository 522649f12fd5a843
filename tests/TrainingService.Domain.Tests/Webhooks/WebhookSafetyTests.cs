using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Callbacks;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Tests.Webhooks;

public class WebhookSafetyTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static WebhookPolicy Policy(params string[] allowed) => new(Options.Create(new WebhookOptions { AllowedHosts = allowed }));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://172.31.255.255/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[ff02::1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost./")]
    [InlineData("http://api.localhost/")]
    public void C01_Addresses_inside_are_refused_in_every_form(string address) =>
        Assert.Contains("expected a public address", Policy().Objection(new Uri(address)));

    [Theory]
    [InlineData("http://example.com:5432/")]
    [InlineData("http://8.8.8.8:22/")]
    public void C04_Other_ports_are_refused(string address) => Assert.Contains("expected port 80 or 443", Policy().Objection(new Uri(address)));

    [Theory]
    [InlineData("https://example.com/hook")]
    [InlineData("http://8.8.8.8/")]
    [InlineData("http://[2606:4700::1111]/")]
    public void Public_addresses_may_be_sent_to(string address) => Assert.Null(Policy().Objection(new Uri(address)));

    [Fact]
    public void The_operator_may_name_receivers_inside()
    {
        Assert.Null(Policy("127.0.0.1:9000").Objection(new Uri("http://127.0.0.1:9000/a")));
        Assert.NotNull(Policy("127.0.0.1:9000").Objection(new Uri("http://127.0.0.1:9001/a")));
        Assert.Null(Policy("hooks.internal").Objection(new Uri("http://HOOKS.internal:8080/a")));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8,10.0.0.1")]
    [InlineData("8.8.8.8,::1")]
    [InlineData("::ffff:192.168.0.1")]
    public void C03_A_name_is_judged_by_every_address_that_it_has(string addresses) =>
        Assert.Contains("blocked", Assert.Throws<WebhookBlockedException>(() => Policy().Judge("example.com", 80, [.. addresses.Split(',').Select(IPAddress.Parse)])).Message);

    [Fact]
    public async Task C01_Nothing_connects_to_an_address_that_is_not_allowed()
    {
        using var receiver = new Receiver();
        using var bench = new WebhookBench(domain, new WebhookOptions());
        var claim = await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{receiver.Port}"), 1, Ct);
        Assert.Equal(1, await bench.Sender().RoundAsync(Ct));
        Assert.Empty(receiver.Received);
        Assert.Contains("blocked", (await bench.RowAsync(claim.JobId, Ct)).LastError);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task C02_A_redirect_is_not_followed(int status)
    {
        using var inside = new Receiver();
        using var receiver = new Receiver { Answer = Receiver.Status(status, $"http://127.0.0.1:{inside.Port}/") };
        using var bench = WebhookBench.For(domain, receiver);
        var claim = await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{receiver.Port}"), 1, Ct);
        await bench.Sender().RoundAsync(Ct);
        Assert.Empty(inside.Received);
        Assert.Contains($"{status}", (await bench.RowAsync(claim.JobId, Ct)).LastError);
    }

    [Fact]
    public async Task C05_Little_is_read_of_an_answer_without_end()
    {
        long sent = 0;
        using var receiver = new Receiver
        {
            Answer = async context =>
            {
                context.Response.SendChunked = true;
                for (var block = new byte[1 << 16]; sent < 1L << 30; sent += block.Length)
                    await context.Response.OutputStream.WriteAsync(block);
            },
        };
        using var bench = WebhookBench.For(domain, receiver);
        var claim = await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{receiver.Port}"), 1, Ct);
        await bench.Sender().RoundAsync(Ct);
        Assert.Equal(1, (await bench.RowAsync(claim.JobId, Ct)).Delivered);
        Assert.InRange(sent, 0, 64 << 20); // what the sockets' buffers took
    }

    [Fact]
    public async Task C05_A_slow_receiver_is_given_up_in_time_and_holds_up_nobody_else()
    {
        using var gone = new CancellationTokenSource();
        using var slow = new Receiver { Answer = async _ => await Task.Delay(Timeout.Infinite, gone.Token).ContinueWith(_ => { }, TaskScheduler.Default) };
        using var quick = new Receiver();
        using var bench = new WebhookBench(domain, new WebhookOptions { AllowedHosts = ["127.0.0.1"], Timeout = TimeSpan.FromSeconds(2), Interval = TimeSpan.FromMilliseconds(20) });
        var stuck = await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{slow.Port}"), 1, Ct);
        await bench.JobAsync(new RemoteMonitor($"http://127.0.0.1:{quick.Port}"), 5, Ct);
        var arrived = new TaskCompletionSource();
        quick.Answer = context =>
        {
            context.Response.Close();
            if (quick.Received.Count == 5)
                arrived.SetResult();
            return Task.CompletedTask;
        };
        var sender = bench.Sender();
        await sender.StartAsync(Ct);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.Equal(0, (await bench.RowAsync(stuck.JobId, Ct)).Delivered);
        await gone.CancelAsync();
        await sender.StopAsync(Ct);
    }
}
