using System.Diagnostics;
using System.Security.Cryptography;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>Disks that are full, and bytes that rot.</summary>
[Collection(nameof(ProcessTests))]
public sealed class StorageFaultTests
{
    /// <summary>A model of about 3 MB, whose checkpoints are three times as long.</summary>
    private const string Wide =
        """
        { "model": { "class_name": "Sequential", "config": { "name": "wide", "layers": [
            { "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32", "name": "digits" } },
            { "class_name": "Flatten", "config": { "name": "flatten" } },
            { "class_name": "Dense", "config": { "name": "wide", "units": 1000 } },
            { "class_name": "Dense", "config": { "name": "classes", "units": 10, "activation": "softmax" } } ] } } }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 2)] // not even the trainer's own file has room: its run is tried again
    [InlineData(5, 1)] // the trainer's file has, its copy in the store has not
    public async Task F21_a_full_disk_fails_the_job_leaves_no_part_of_a_file_and_the_next_job_passes(int freeMegabytes, int attempts)
    {
        using var disk = SmallDisk.Mount(megabytes: 64);
        await using var service = await ServiceFixture.StartInAsync(disk.Folder("storage"), Ct);
        await using var worker = service.StartWorker(("Worker__StorageFullPatience", "00:00:02"), ("Jobs__RetrySeconds", "0.2"));
        var ballast = disk.Fill(freeMegabytes);

        var id = await service.SubmitAsync(Wide.Replace("{ \"model\"", "{ \"retry\": { \"max_attempts\": 2 }, \"model\"", StringComparison.Ordinal), Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.StorageFull, attempts), (job.Status, job.StopReason, job.Attempt));
        await AssertWholeAsync(service, id);
        Assert.False(Directory.Exists(service.RunFolderOf(id)));

        File.Delete(ballast);
        var next = await service.SubmitAsync(Wide, Ct);
        await service.WaitForEndAsync(next, Ct, worker);
        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(next, Ct)).Status);
        await AssertWholeAsync(service, next);
    }

    [Fact]
    public async Task F21_a_run_waits_for_a_full_disk_and_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(megabytes: 64);
        await using var service = await ServiceFixture.StartInAsync(disk.Folder("storage"), Ct);
        await using var worker = service.StartWorker(("Worker__StorageFullPatience", "00:01:00"));
        var ballast = disk.Fill(freeMegabytes: 5);

        var id = await service.SubmitAsync(Wide, Ct);
        await worker.WaitForLogAsync("No room to store", Ct);
        File.Delete(ballast);
        await service.WaitForEndAsync(id, Ct, worker);

        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(id, Ct)).Status);
        await AssertWholeAsync(service, id);
    }

    [Fact]
    public async Task F25_a_rotten_checkpoint_is_passed_over_with_a_warning_and_the_job_fails_when_none_is_left()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync("""{ "fit": { "epochs": 100000 }, "checkpoint": { "keep_latest": 3, "keep_best": 0 } }""", Ct);
        await service.WaitForAsync(id, e => e.Type == EventTypes.Checkpoint && e.Data.GetProperty("number").GetInt64() >= 3, Ct, worker);
        await PauseAsync(service, worker, id, times: 1);

        var kept = await service.Store.ReadCheckpointsAsync(id, Ct);
        Assert.Equal(3, kept.Count);
        FlipBit(service.ContentPath(kept[0].Sha256));
        File.Delete(service.ContentPath(kept[1].Sha256));
        await service.ResumeAsync(id, Ct);
        var events = await service.WaitForAsync(id, e => e.Type == EventTypes.EpochEnd && e.Attempt == 2, Ct, worker);
        Assert.Equal(kept[2].Number, events.Single(e => e.Type == EventTypes.Resumed).Data.GetProperty("checkpoint").GetInt64());
        var warnings = events.Where(e => e.Type == EventTypes.Log && e.Data.GetProperty("level").GetString() == "warning").Select(e => e.Data.GetProperty("message").GetString()!).ToList();
        Assert.Contains(warnings, text => text.StartsWith($"Checkpoint {kept[0].Number} ", StringComparison.Ordinal) && text.Contains("is not what was stored"));
        Assert.Contains(warnings, text => text.StartsWith($"Checkpoint {kept[1].Number} ", StringComparison.Ordinal) && text.Contains("is missing"));

        await PauseAsync(service, worker, id, times: 2);
        foreach (var checkpoint in await service.Store.ReadCheckpointsAsync(id, Ct))
            await File.WriteAllBytesAsync(service.ContentPath(checkpoint.Sha256), [], Ct);
        await service.ResumeAsync(id, Ct);
        await service.WaitForEndAsync(id, Ct, worker);
        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.CorruptCheckpoint), (job.Status, job.StopReason));
    }

    private static async Task PauseAsync(ServiceFixture service, WorkerProcess worker, Guid id, int times)
    {
        await service.Store.PauseAsync(id, Ct);
        await service.WaitForAsync(
            id, e => e.Type == EventTypes.Status && e.Attempt == times && e.Data.GetProperty("status").GetString() == "paused", Ct, worker);
    }

    private static void FlipBit(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 1));
    }

    /// <summary>Every row has its bytes, every file is what its name says, and nothing is half written.</summary>
    private static async Task AssertWholeAsync(ServiceFixture service, Guid id)
    {
        foreach (var artifact in await service.ArtifactsOfAsync(id, Ct))
            Assert.Equal(artifact.SizeBytes, new FileInfo(service.ContentPath(artifact.Sha256)).Length);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(service.StorageRoot, "artifacts"), "*", SearchOption.AllDirectories))
        {
            await using var content = File.OpenRead(path);
            Assert.Equal(Path.GetFileName(path), Convert.ToHexStringLower(await SHA256.HashDataAsync(content, Ct)));
        }
    }

    /// <summary>A file system of bounded size; only root can mount one.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("small-disk-").FullName;

        public static SmallDisk Mount(int megabytes)
        {
            if (Environment.UserName != "root")
                Assert.Skip("Only root can mount a disk of bounded size.");
            Needs.Program("mount");
            var disk = new SmallDisk();
            Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk._root);
            return disk;
        }

        public string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

        /// <summary>Takes all room but so much, by a file that can be deleted.</summary>
        public string Fill(int freeMegabytes)
        {
            var path = Path.Combine(_root, "ballast");
            using var file = File.Create(path);
            var block = new byte[1 << 20];
            while (new DriveInfo(_root).AvailableFreeSpace > (freeMegabytes + 1L) << 20)
                file.Write(block);
            return path;
        }

        public void Dispose()
        {
            Run("umount", _root);
            Directory.Delete(_root);
        }

        private static void Run(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
        }
    }
}
