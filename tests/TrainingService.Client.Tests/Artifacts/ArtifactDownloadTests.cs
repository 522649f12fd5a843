using System.Security.Cryptography;
using TrainingService.Client.Artifacts;
using TrainingService.Client.Tests.Server;

namespace TrainingService.Client.Tests.Artifacts;

public sealed class ArtifactDownloadTests : IDisposable
{
    private readonly ScriptedJob _job = ScriptedJob.OfLength(2);
    private readonly Script _script = new() { File = RandomNumberGenerator.GetBytes(1_000_000) };
    private readonly string _folder = Directory.CreateTempSubdirectory("download-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped()
    {
        _script.BreakDownloadAfter.Enqueue(300_000);
        _script.BreakDownloadAfter.Enqueue(200_000);
        await using var server = await TestServer.StartAsync(_script.Add(_job));
        var progress = new LastProgress();

        await server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, progress, Ct);

        Assert.Equal(_script.File, await File.ReadAllBytesAsync(Target, Ct));
        Assert.Equal(3, _script.RangeStarts.Count);
        Assert.Equal(0, _script.RangeStarts.First());
        Assert.True(_script.RangeStarts.Last() > 0, "the last request asked for the rest only");
        Assert.Equal(new DownloadProgress(1_000_000, 1_000_000), progress.Value);
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_cancelled_download_is_continued_by_the_next_call()
    {
        _script.BreakDownloadAfter.Enqueue(400_000);
        await using var server = await TestServer.StartAsync(_script.Add(_job));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var stopping = new StopAt(100_000, stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, stopping, stop.Token));
        Assert.False(File.Exists(Target));
        var part = new FileInfo(Assert.Single(Directory.GetFiles(_folder, "*.part"))).Length;

        await server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, cancellationToken: Ct);

        Assert.Equal(_script.File, await File.ReadAllBytesAsync(Target, Ct));
        Assert.Equal(part, _script.RangeStarts.Last());
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_beginning_again()
    {
        _script.IgnoreRanges = true;
        _script.BreakDownloadAfter.Enqueue(300_000);
        await using var server = await TestServer.StartAsync(_script.Add(_job));

        await server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, cancellationToken: Ct);

        Assert.Equal(_script.File, await File.ReadAllBytesAsync(Target, Ct));
    }

    [Fact]
    public async Task Bytes_with_another_digest_never_become_the_file()
    {
        _script.FileSha256 = new string('a', 64);
        await File.WriteAllTextAsync(Target, "older", Ct);
        await using var server = await TestServer.StartAsync(_script.Add(_job));

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, cancellationToken: Ct));

        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Equal("older", await File.ReadAllTextAsync(Target, Ct));
    }

    [Fact]
    public async Task A_server_that_always_breaks_is_given_up()
    {
        for (var request = 0; request < 10; request++)
            _script.BreakDownloadAfter.Enqueue(0);
        await using var server = await TestServer.StartAsync(_script.Add(_job));

        await Assert.ThrowsAnyAsync<Exception>(() => server.Client().Jobs.DownloadAsync(_job.Id, "model.safetensors", Target, cancellationToken: Ct));

        Assert.Equal(3, _script.RangeStarts.Count);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task An_unknown_name_says_which_there_are()
    {
        await using var server = await TestServer.StartAsync(_script.Add(_job));

        var error = await Assert.ThrowsAsync<TrainingServiceException>(
            () => server.Client().Jobs.DownloadAsync(_job.Id, "model.keras", Target, cancellationToken: Ct));

        Assert.Equal(404, error.Problem.Status);
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
    }

    private sealed class LastProgress : IProgress<DownloadProgress>
    {
        public DownloadProgress Value { get; private set; }

        public void Report(DownloadProgress value) => Value = value;
    }

    private sealed class StopAt(long bytes, CancellationTokenSource stop) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.ReceivedBytes >= bytes)
                stop.Cancel();
        }
    }
}
