using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Queue;

public sealed class CheckpointPublisherTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("checkpoints-").FullName;
    private readonly RunFolder _folder;
    private readonly FileArtifactStore _store;
    private readonly CheckpointPublisher _publisher;

    public CheckpointPublisherTests()
    {
        var claim = new Claim(Guid.NewGuid(), 1, new JobSpec(null!, null!, null!, Checkpoint: new CheckpointSpec(KeepLatest: 2, KeepBest: 1)));
        _folder = RunFolder.Create(RunFolder.AllRuns(_root), claim.JobId, claim.Attempt);
        _store = new FileArtifactStore(Path.Combine(_root, "artifacts"), TimeProvider.System);
        _publisher = new CheckpointPublisher(
            _store, null!, _folder, new Outage(TimeProvider.System, NullLogger<Outage>.Instance),
            new StorageSpace(Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<StorageSpace>.Instance), TimeProvider.System, claim);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Checkpoints_that_newer_ones_overtook_while_they_waited_are_dropped_with_their_files()
    {
        var files = Enumerable.Range(1, 8).Select(number => Write(number, best: number is 2 or 3)).ToList();
        foreach (var file in files)
            _publisher.Announce(file);

        var taken = files.Where(_publisher.TryTake).Select(file => file.Number);

        // The two latest, and the two latest that were the best of their time.
        Assert.Equal([2, 3, 7, 8], taken);
        Assert.Equal(["2.ckpt", "3.ckpt", "7.ckpt", "8.ckpt"], Directory.EnumerateFiles(Path.Combine(_folder.OutputDirectory, "checkpoints")).Select(Path.GetFileName).Order());
        Assert.DoesNotContain(files, _publisher.TryTake);
    }

    [Fact]
    public async Task A_checkpoint_whose_bytes_changed_since_it_was_written_gets_no_row()
    {
        var file = Write(1, best: false);
        await File.WriteAllTextAsync(_folder.OutputPath(file.Name), "checkpoint X", Ct);

        // There is no job store here that a row could go to.
        Assert.Equal(CheckpointFate.Damaged, await _publisher.PublishAsync(file, Ct));
    }

    private TrainerCheckpointFile Write(int number, bool best)
    {
        var content = System.Text.Encoding.UTF8.GetBytes($"checkpoint {number}");
        Directory.CreateDirectory(Path.Combine(_folder.OutputDirectory, "checkpoints"));
        File.WriteAllBytes(Path.Combine(_folder.OutputDirectory, "checkpoints", $"{number}.ckpt"), content);
        return new TrainerCheckpointFile($"checkpoints/{number}.ckpt", number, number, 0, best, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}
