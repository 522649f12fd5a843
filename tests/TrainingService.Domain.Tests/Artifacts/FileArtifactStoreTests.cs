using System.Security.Cryptography;
using System.Text;
using TrainingService.Domain.Artifacts;

namespace TrainingService.Domain.Tests.Artifacts;

public sealed class FileArtifactStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("training-artifacts-").FullName;
    private readonly FileArtifactStore _store;

    public FileArtifactStoreTests() => _store = new FileArtifactStore(_root, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Content_is_found_by_its_digest_and_can_be_read_from_any_place()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);

        var (sha256, size) = await _store.PutAsync(new MemoryStream(content), Ct);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), sha256);
        Assert.Equal(content.Length, size);
        await using var stream = _store.TryOpen(sha256)!;
        stream.Position = 299_990;
        var tail = new byte[10];
        await stream.ReadExactlyAsync(tail, Ct);
        Assert.Equal(content[^10..], tail);
        Assert.Equal(Path.Combine(_root, sha256[..2], sha256[2..4], sha256), Assert.Single(Files()));
    }

    [Fact]
    public async Task A_link_to_content_keeps_the_bytes_also_when_the_content_goes()
    {
        var (sha256, _) = await _store.PutAsync(Text("linked"), Ct);
        var name = Path.Combine(_root, "name");

        Assert.True(_store.TryLink(sha256, name));
        Assert.True(_store.TryDelete(_store.Enumerate().Single()));

        Assert.Equal("linked", await File.ReadAllTextAsync(name, Ct));
        Assert.False(_store.TryLink(sha256, name + "2"));
        Assert.False(File.Exists(name + "2"));
    }

    [Fact]
    public async Task A_link_on_another_file_system_is_a_symbolic_one()
    {
        const string memory = "/dev/shm";
        Assert.SkipUnless(Directory.Exists(memory), "There is no file system in memory.");
        var (sha256, _) = await _store.PutAsync(Text("linked"), Ct);
        var folder = Directory.CreateDirectory(Path.Combine(memory, Guid.NewGuid().ToString("N")));
        try
        {
            Assert.True(_store.TryLink(sha256, Path.Combine(folder.FullName, "name")));
            Assert.Equal("linked", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "name"), Ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_same_content_is_kept_once_also_when_it_is_stored_from_several_sides()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _store.PutAsync(Text("the same"), Ct)));

        Assert.Single(stored.Distinct());
        Assert.Single(Files());
    }

    [Fact]
    public async Task F27_content_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _store.PutAsync(new BreakingStream(200_000), Ct));

        Assert.Empty(Files());
    }

    [Fact]
    public async Task F26_temporary_files_of_a_crash_are_swept_and_those_in_use_are_not()
    {
        var (old, young) = (Path.Combine(_root, "tmp", "old"), Path.Combine(_root, "tmp", "young"));
        await File.WriteAllTextAsync(old, "left by a crash", Ct);
        await File.WriteAllTextAsync(young, "being written", Ct);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        _ = new FileArtifactStore(_root, TimeProvider.System);

        Assert.Equal([young], Files());
    }

    [Fact]
    public async Task F25_storing_again_mends_a_file_that_the_disk_spoiled()
    {
        var (sha256, _) = await _store.PutAsync(Text("weights"), Ct);
        await File.WriteAllTextAsync(Assert.Single(Files()), "wxights", Ct);

        await _store.PutAsync(Text("weights"), Ct);

        using var reader = new StreamReader(_store.TryOpen(sha256)!);
        Assert.Equal("weights", await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public void What_was_never_stored_is_not_there() => Assert.Null(_store.TryOpen(new string('a', 64)));

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/etc/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_digest_never_becomes_a_path(string name) => Assert.Throws<ArgumentException>(() => _store.TryOpen(name));

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private string[] Files() => Directory.GetFiles(_root, "*", SearchOption.AllDirectories);

    private sealed class BreakingStream(int length) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("the connection is gone");
    }
}
