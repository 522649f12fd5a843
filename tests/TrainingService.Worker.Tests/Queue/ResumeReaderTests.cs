using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Events;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Queue;

public sealed class ResumeReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resume-reader-").FullName;
    private readonly Guid _job = Guid.NewGuid();
    private readonly List<LogEvent> _warnings = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_newest_and_others_in_case_are_fetched_and_the_jobs_own_go_before_its_parents()
    {
        var store = new FileArtifactStore(Path.Combine(_root, "artifacts"), TimeProvider.System);
        var rows = new List<Checkpoint>();
        for (var number = 6; number >= 1; number--)
            rows.Add(await PutAsync(store, number, attempt: number > 2 ? 1 : 0));

        var own = await ReadAsync(store, rows, files => files.Files.Select(file => (file.Number, File.ReadAllText(file.Path))).ToList());
        Assert.Equal([(6, "checkpoint 6"), (5, "checkpoint 5"), (4, "checkpoint 4")], own);

        var parents = await ReadAsync(store, rows[4..], files => (files.IsParents, files.AllDamaged, string.Join(' ', files.Files.Select(file => file.Number))));
        Assert.Equal((true, false, "2 1"), parents);
        Assert.Equal((false, false), await ReadAsync(store, [], files => (files.IsParents, files.AllDamaged)));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("zero page")]
    [InlineData("empty")]
    [InlineData("half")]
    [InlineData("last byte")]
    [InlineData("swap")]
    [InlineData("delete")]
    public async Task F25_whatever_happened_to_a_checkpoint_it_is_passed_over_and_the_log_says_so(string damage)
    {
        var store = new FileArtifactStore(Path.Combine(_root, "artifacts"), TimeProvider.System);
        var (newest, before) = (await PutAsync(store, 2, attempt: 1, new string('n', 10_000)), await PutAsync(store, 1, attempt: 1, new string('b', 10_000)));
        var path = PathOf(newest);
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        switch (damage)
        {
            case "flip": bytes[5_000] ^= 1; break;
            case "zero page": bytes.AsSpan(4_096, 4_096).Clear(); break;
            case "empty": bytes = []; break;
            case "half": bytes = bytes[..5_000]; break;
            case "last byte": bytes = bytes[..^1]; break;
            case "swap": bytes = await File.ReadAllBytesAsync(PathOf(before), Ct); break;
        }
        await File.WriteAllBytesAsync(path, bytes, Ct);
        if (damage == "delete")
            File.Delete(path);

        Assert.Equal((false, "1"), await ReadAsync(store, [newest, before], files => (files.AllDamaged, string.Join(' ', files.Files.Select(file => file.Number)))));
        Assert.StartsWith("Checkpoint 2 of epoch 2 is damaged and passed over: its content is ", Assert.Single(_warnings).Message);
        Assert.True(await ReadAsync(store, [newest], files => files.AllDamaged));
    }

    private async Task<T> ReadAsync<T>(FileArtifactStore store, IReadOnlyList<Checkpoint> rows, Func<ResumeFiles, T> look)
    {
        var claim = new Claim(_job, 2, null!, Checkpoints: rows);
        using var folder = RunFolder.Create(RunFolder.AllRuns(_root), claim.JobId, claim.Attempt);
        var space = new StorageSpace(Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<StorageSpace>.Instance);
        var reader = new ResumeReader(
            store, folder,
            (warning, _) =>
            {
                _warnings.Add(warning);
                return ValueTask.CompletedTask;
            },
            space, claim);
        return look(await reader.ReadAsync(Ct));
    }

    private async Task<Checkpoint> PutAsync(FileArtifactStore store, long number, int attempt, string? text = null)
    {
        var (sha256, size) = await store.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text ?? $"checkpoint {number}")), Ct);
        return new Checkpoint
        {
            JobId = _job, Number = number, Attempt = attempt, Epoch = (int)number, Step = 0, IsBest = false, Sha256 = sha256, SizeBytes = size, CreatedAt = DateTimeOffset.UtcNow,
        };
    }

    private string PathOf(Checkpoint row) => Path.Combine(_root, "artifacts", row.Sha256[..2], row.Sha256[2..4], row.Sha256);
}
