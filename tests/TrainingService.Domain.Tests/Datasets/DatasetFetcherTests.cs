using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Tests.Webhooks;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Tests.Datasets;

public sealed class DatasetFetcherTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://localhost/")]
    public void C01_addresses_inside_are_refused_also_where_any_host_is_allowed(string url) =>
        Assert.StartsWith("expected a public address", Policy("*").Objection(url), StringComparison.Ordinal);

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/x")]
    [InlineData("gopher://example.com/x")]
    [InlineData("data:text/csv,a")]
    [InlineData("jar:http://example.com!/x")]
    [InlineData("/etc/passwd")]
    [InlineData("http://")]
    public void C01_A01_other_schemes_and_paths_are_refused(string url) =>
        Assert.StartsWith("expected an address that begins with http:// or https://", Policy("*").Objection(url), StringComparison.Ordinal);

    [Fact]
    public void C01_only_what_the_operator_allows_is_fetched()
    {
        Assert.Contains("expected a host that the operator allows", Policy().Objection("https://example.com/x.csv"), StringComparison.Ordinal);
        Assert.Null(Policy("example.com").Objection("https://EXAMPLE.com/x.csv"));
        Assert.NotNull(Policy("example.com").Objection("https://example.com.evil.net/x.csv"));
        Assert.Contains("without a user name", Policy("*").Objection("https://example.com@evil.net/x.csv"), StringComparison.Ordinal);
        Assert.Null(Policy("127.0.0.1:9000").Objection("http://127.0.0.1:9000/a"));
        Assert.NotNull(Policy("127.0.0.1:9000").Objection("http://127.0.0.1:9001/a"));
    }

    [Theory]
    [InlineData("http://example.com:5432/")]
    [InlineData("http://example.com:22/")]
    [InlineData("http://example.com/a\r\nHost: evil")]
    public void C04_other_ports_and_line_breaks_are_refused(string url) => Assert.NotNull(Policy("*", "example.com").Objection(url));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8,10.0.0.1")]
    [InlineData("8.8.8.8,::1")]
    public void C03_a_name_is_judged_by_every_address_that_it_has(string addresses) =>
        Assert.Contains("blocked", Assert.Throws<WebhookBlockedException>(
            () => Policy("example.com").Judge("example.com", 80, [.. addresses.Split(',').Select(IPAddress.Parse)])).Message);

    [Fact]
    public async Task C03_an_allowed_name_that_means_this_machine_is_blocked_when_it_is_connected_to()
    {
        using var bench = new DatasetBench(domain, new DatasetOptions { UrlAllowlist = [Dns.GetHostName(), "*"] });
        var meaning = await Dns.GetHostAddressesAsync(Dns.GetHostName(), Ct);
        Assert.SkipWhen(meaning.All(PublicAddress.Is), "This machine's name has public addresses only.");

        var failed = await Assert.ThrowsAsync<DatasetFetchException>(() => bench.Fetcher.FetchAsync($"http://{Dns.GetHostName()}/x", null, null, Ct));

        Assert.Contains("no public address", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_fetched_and_its_servers_names_for_it_mean_nothing()
    {
        using var server = new Receiver { Answer = Answer("size,price\n1,2\n", "attachment; filename=\"/tmp/x\"; filename*=UTF-8''..%2f..%2fx") };
        using var bench = Bench(server);
        var seen = new List<(long, long?)>();

        var file = await bench.Fetcher.FetchAsync($"http://127.0.0.1:{server.Port}/data/..%2Fhouses.csv?token=1", null, (read, total) => seen.Add((read, total)), Ct);

        // A05: the name is a text without a path.
        Assert.DoesNotContain("/", file.Name, StringComparison.Ordinal);
        Assert.EndsWith("houses.csv", file.Name, StringComparison.Ordinal);
        using var content = new StreamReader(bench.Files.TryOpen(file.Sha256)!);
        Assert.Equal("size,price\n1,2\n", await content.ReadToEndAsync(Ct));
        Assert.Equal((15L, (long?)15), seen[^1]);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task C02_a_redirect_is_not_followed(int status)
    {
        using var inside = new Receiver();
        using var server = new Receiver { Answer = Receiver.Status(status, $"http://127.0.0.1:{inside.Port}/") };
        using var bench = Bench(server);

        var error = await FailAsync(bench, server);

        Assert.Equal(DatasetErrorCodes.DownloadFailed, error.Code);
        Assert.Contains($"Received: {status}, a redirect", error.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Received);
    }

    [Fact]
    public async Task Another_digest_than_the_announced_one_is_an_error()
    {
        using var server = new Receiver { Answer = Answer("abc") };
        using var bench = Bench(server);

        Assert.Equal(DatasetErrorCodes.ChecksumMismatch, (await FailAsync(bench, server, new string('a', 64))).Code);
    }

    [Fact]
    public async Task A18_an_answer_that_is_shorter_than_announced_is_an_error()
    {
        using var server = new Receiver
        {
            Answer = async context =>
            {
                context.Response.ContentLength64 = 100;
                await context.Response.OutputStream.WriteAsync(new byte[10]);
                context.Response.Abort();
            },
        };
        using var bench = Bench(server);

        Assert.Equal(DatasetErrorCodes.DownloadFailed, (await FailAsync(bench, server)).Code);
    }

    [Fact]
    public async Task C05_an_answer_without_end_is_cut_at_the_limit()
    {
        using var server = new Receiver
        {
            Answer = async context =>
            {
                context.Response.SendChunked = true;
                for (var sent = 0; sent < 1 << 24; sent += 1 << 14)
                    await context.Response.OutputStream.WriteAsync(new byte[1 << 14]);
            },
        };
        using var bench = Bench(server, maxBytes: 1 << 16);

        Assert.Equal(DatasetErrorCodes.TooLarge, (await FailAsync(bench, server)).Code);
    }

    [Fact]
    public async Task C05_a_server_that_says_nothing_is_given_up()
    {
        using var gone = new CancellationTokenSource();
        using var server = new Receiver { Answer = async _ => await Task.Delay(Timeout.Infinite, gone.Token).ContinueWith(_ => { }, TaskScheduler.Default) };
        using var bench = Bench(server, timeout: TimeSpan.FromSeconds(1));

        Assert.Contains("expected bytes in time", (await FailAsync(bench, server)).Message, StringComparison.Ordinal);
        await gone.CancelAsync();
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("/tmp/x", "tmp/x")]
    [InlineData(@"C:\a\..\x.csv", "a/x.csv")]
    [InlineData("train/cats/1.png", "train/cats/1.png")]
    [InlineData("a\r\nb\0.csv", "a__b_.csv")]
    [InlineData("..", "file")]
    [InlineData(null, "file")]
    public void A05_what_a_file_is_called_is_a_text_and_no_path(string? given, string label) => Assert.Equal(label, FileLabel.Of(given));

    private static DatasetUrlPolicy Policy(params string[] allowed) => new(Options.Create(new DatasetOptions { UrlAllowlist = allowed }));

    private DatasetBench Bench(Receiver server, long maxBytes = 1 << 20, TimeSpan? timeout = null) => new(domain, new DatasetOptions
    {
        UrlAllowlist = [$"127.0.0.1:{server.Port}"], MaxFileBytes = maxBytes, FetchTimeout = timeout ?? TimeSpan.FromSeconds(60),
    });

    private static async Task<DatasetError> FailAsync(DatasetBench bench, Receiver server, string? sha256 = null) =>
        (await Assert.ThrowsAsync<DatasetFetchException>(() => bench.Fetcher.FetchAsync($"http://127.0.0.1:{server.Port}/x", sha256, null, Ct))).Error;

    private static Func<HttpListenerContext, Task> Answer(string body, string? disposition = null) => async context =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        if (disposition is not null)
            context.Response.Headers["Content-Disposition"] = disposition;
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    };
}
