using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Domain.Tests.Webhooks;

namespace TrainingService.Domain.Tests.Datasets.BuiltIn;

public sealed class BuiltInFetcherTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);

    private readonly string _root = Directory.CreateTempSubdirectory("training-mirror-").FullName;
    private readonly FileArtifactStore _store;

    public BuiltInFetcherTests() => _store = new FileArtifactStore(Path.Combine(_root, "artifacts"), TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Digest => Convert.ToHexStringLower(SHA256.HashData(Content));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Files_come_from_the_first_mirror_that_has_them_and_are_kept()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "mirror", "tiny")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.bin"), Content, Ct);
        List<long> told = [];
        using var fetcher = Fetcher(new() { ["mnist"] = [$"file://{_root}/nowhere"], [MirrorOptions.All] = [$"file://{_root}/empty", $"file://{_root}/mirror"] });

        var file = Assert.Single(await fetcher.FetchAsync(Tiny(Digest), told.Add, Ct));

        Assert.Equal(new DatasetFile("a.bin", Digest, Content.Length), file);
        Assert.Equal(Content.Length, told[^1]);
        File.Delete(Path.Combine(folder, "a.bin"));
        Assert.Equal(file, Assert.Single(await fetcher.FetchAsync(Tiny(Digest), null, Ct))); // from what is stored
    }

    [Fact]
    public async Task Content_with_another_digest_is_not_taken_wherever_it_comes_from()
    {
        await File.WriteAllBytesAsync(Path.Combine(_root, "a.bin"), Content, Ct);
        using var fetcher = Fetcher(new() { ["tiny"] = [$"file://{_root}"] });
        var wanted = new string('a', 64);

        var failed = await Assert.ThrowsAsync<BuiltInFetchException>(() => fetcher.FetchAsync(Tiny(wanted), null, Ct));

        Assert.Equal(DatasetErrorCodes.ChecksumMismatch, failed.Error.Code);
        Assert.Equal($"expected a.bin of tiny with the SHA-256 {new string('0', 64)} or {wanted}, from a mirror (Datasets:Mirrors) or its origin. Received: file://{_root}/a.bin: SHA-256 {Digest}.", failed.Error.Message);
    }

    [Fact]
    public async Task Mirrors_may_be_servers_whose_redirects_are_not_followed()
    {
        using var receiver = new Receiver { Answer = context =>
        {
            context.Response.StatusCode = context.Request.Url!.AbsolutePath == "/data/tiny/a.bin" ? 200 : 302;
            context.Response.RedirectLocation = "/data/tiny/a.bin";
            if (context.Response.StatusCode == 200)
                context.Response.OutputStream.Write(Content);
            context.Response.Close();
            return Task.CompletedTask;
        } };
        using var fetcher = Fetcher(new() { [MirrorOptions.All] = [$"http://127.0.0.1:{receiver.Port}/moved", $"http://127.0.0.1:{receiver.Port}/data"] });
        Assert.Equal(Digest, Assert.Single(await fetcher.FetchAsync(Tiny(Digest), null, Ct)).Sha256);
        using var moved = Fetcher(new() { [MirrorOptions.All] = [$"http://127.0.0.1:{receiver.Port}/moved"] });
        var failed = await Assert.ThrowsAsync<BuiltInFetchException>(() => moved.FetchAsync(Tiny(new string('b', 64)), null, Ct));
        Assert.Equal(DatasetErrorCodes.DownloadFailed, failed.Error.Code);
        Assert.EndsWith("/moved/tiny/a.bin: expected an answer of 200. Received: 302.", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left()
    {
        using var never = new CancellationTokenSource();
        using var receiver = new Receiver { Answer = _ => Task.Delay(Timeout.Infinite, never.Token).ContinueWith(_ => { }, TaskScheduler.Default) };
        using var fetcher = new BuiltInFetcher(_store, Options.Create(new MirrorOptions { Mirrors = new() { ["tiny"] = [$"http://127.0.0.1:{receiver.Port}/"] }, UseOrigins = false, MirrorTimeout = TimeSpan.FromMilliseconds(200) }));
        var failed = await Assert.ThrowsAsync<BuiltInFetchException>(() => fetcher.FetchAsync(Tiny(Digest), null, Ct));
        Assert.EndsWith("a.bin: no bytes in time.", failed.Error.Message, StringComparison.Ordinal);
        await never.CancelAsync();
    }

    [Fact]
    public async Task Debians_fashion_mnist_is_a_mirror_without_being_named()
    {
        Assert.SkipUnless(Directory.Exists("/usr/share/datasets/fashion-mnist"), "needs Debian's package dataset-fashion-mnist");
        using var fetcher = new BuiltInFetcher(_store, Options.Create(new MirrorOptions { UseOrigins = false }));
        var files = await fetcher.FetchAsync(BuiltInDatasets.Find("fashion_mnist")!, null, Ct);
        Assert.Equal(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"], files.Select(file => file.Name));
    }

    [Fact]
    public async Task Mnist_as_it_is_shipped_has_accepted_digests()
    {
        using var fetcher = Fetcher(new() { ["mnist"] = [new Uri(Path.Combine(TrainingService.Testing.Repository.Root, "deploy", "datasets", "mnist")).AbsoluteUri] });
        Assert.Equal(4, (await fetcher.FetchAsync(BuiltInDatasets.Find("mnist")!, null, Ct)).Count);
    }

    [Fact]
    public void The_table_is_sound()
    {
        Assert.Equal(["boston_housing", "california_housing", "cifar10", "cifar100", "fashion_mnist", "imdb", "mnist", "reuters"], BuiltInDatasets.All.Select(dataset => dataset.Name));
        Assert.All(BuiltInDatasets.All.SelectMany(dataset => dataset.Files), file =>
        {
            Assert.All(file.Sha256, digest => Assert.Matches("^[0-9a-f]{64}$", digest));
            Assert.EndsWith("/", file.Origin.AbsoluteUri, StringComparison.Ordinal);
            Assert.Equal("https", file.Origin.Scheme);
        });
        Assert.Null(BuiltInDatasets.Find("tiny"));
    }

    [Fact]
    public void Mirrors_that_cannot_be_are_refused_when_the_service_starts()
    {
        var refused = new MirrorAddressValidator().Validate(null, new MirrorOptions { Mirrors = new() { ["minst"] = ["file:///x"], ["mnist"] = ["ftp://x/", "data"] } });
        Assert.Equal(
            [
                "Datasets:Mirrors: expected * or one of boston_housing, california_housing, cifar10, cifar100, fashion_mnist, imdb, mnist, reuters. Received: minst.",
                "Datasets:Mirrors:mnist: expected an address that begins with file://, http:// or https://. Received: ftp://x/.",
                "Datasets:Mirrors:mnist: expected an address that begins with file://, http:// or https://. Received: data.",
            ],
            refused.Failures!);
        Assert.True(new MirrorAddressValidator().Validate(null, new MirrorOptions()).Succeeded);
    }

    private static BuiltInDataset Tiny(string digest) => new("tiny", "", "", "", [new BuiltInFile("a.bin", new Uri("https://example.invalid/"), [new string('0', 64), digest])]);

    private BuiltInFetcher Fetcher(Dictionary<string, string[]> mirrors) => new(_store, Options.Create(new MirrorOptions { Mirrors = mirrors, UseOrigins = false }));
}
