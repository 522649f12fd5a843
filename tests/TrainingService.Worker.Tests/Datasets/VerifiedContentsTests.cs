using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Worker.Datasets;

namespace TrainingService.Worker.Tests.Datasets;

public sealed class VerifiedContentsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("verified-contents-").FullName;
    private readonly FileArtifactStore _store;
    private readonly VerifiedContents _contents;

    public VerifiedContentsTests()
    {
        _store = new FileArtifactStore(Path.Combine(_root, "artifacts"), TimeProvider.System);
        _contents = new VerifiedContents(_store);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_gets_a_name_of_the_runs_own()
    {
        var file = await PutAsync("values");

        Assert.Null(await _contents.LinkAsync(file, Path.Combine(_root, "train.0.bin"), Ct));
        Assert.Null(await _contents.LinkAsync(file, Path.Combine(_root, "again"), Ct));

        Assert.Equal("values", await File.ReadAllTextAsync(Path.Combine(_root, "train.0.bin"), Ct));
    }

    [Theory]
    [InlineData("valueS", "expected SHA-256")]
    [InlineData("value", "expected 6 bytes. Received: 5")]
    public async Task F25_what_the_disk_has_spoiled_is_told_also_after_it_was_found_sound(string spoiled, string expected)
    {
        var file = await PutAsync("values");
        Assert.Null(await _contents.LinkAsync(file, Path.Combine(_root, "sound"), Ct));

        await File.WriteAllTextAsync(Path.Combine(_root, "artifacts", file.Sha256[..2], file.Sha256[2..4], file.Sha256), spoiled, Ct);

        Assert.Contains(expected, await _contents.LinkAsync(file, Path.Combine(_root, "rotten"), Ct));
    }

    [Fact]
    public async Task Missing_content_is_told() =>
        Assert.Equal("its content is missing", await _contents.LinkAsync(new DatasetFile("train.0.bin", new string('a', 64), 6), Path.Combine(_root, "none"), Ct));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private async Task<DatasetFile> PutAsync(string text)
    {
        var (sha256, size) = await _store.PutAsync(new MemoryStream(Encoding.ASCII.GetBytes(text)), Ct);
        return new DatasetFile("train.0.bin", sha256, size);
    }
}
