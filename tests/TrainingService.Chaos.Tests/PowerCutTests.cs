using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;

namespace TrainingService.Chaos.Tests;

/// <summary>F24: the order of a run's system calls, and what every prefix of them leaves after a power cut.</summary>
public sealed class PowerCutTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServiceUnderFault Service => fixture.Service;

    [Fact]
    public async Task F24_a_row_never_speaks_of_a_file_that_a_power_cut_could_take()
    {
        await Service.Workers[1].StopAsync(TimeSpan.FromSeconds(60));
        IReadOnlyList<FileStep> steps;
        JobResponse job;
        await using (var trace = await Strace.AttachAsync(Service.Workers[0].Id, [FileTrace.Expression], Ct))
        {
            job = await Service.Client.Jobs.SubmitAsync(SmallJobs.Of("dropout", "calm-traced", epochs: 3), Ct);
            Assert.Equal(JobStatus.Succeeded, (await Service.Client.Jobs.WaitAsync(job.Id, Ct)).Status);
            await trace.DetachAsync();
            steps = FileTrace.Read(trace.Lines, Path.Combine(Service.Storage, "artifacts"));
        }
        Service.Workers[1].Start();

        var published = (await Service.Client.Jobs.ArtifactsAsync(job.Id, Ct)).Select(artifact => artifact.Sha256).ToHashSet();
        Assert.Subset(steps.OfType<FileStep.Row>().Select(row => row.Sha256).ToHashSet(), published);
        var tree = Directory.CreateTempSubdirectory("training-power-cut-").FullName;
        try
        {
            var disk = new PowerCut();
            foreach (var (number, step) in steps.Index())
            {
                disk.Add(step);
                if (step is not FileStep.Write)
                    await StartOnAsync(disk, Path.Combine(tree, $"{number}"), $"step {number}, {step}");
            }
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }

    /// <summary>
    /// Twice: once with the names that were only just made, once without. Their content, where it was not synced, is lost. A store that starts on that
    /// must have every file that a row speaks of, whole.
    /// </summary>
    private async Task StartOnAsync(PowerCut disk, string tree, string at)
    {
        foreach (var keepsNewNames in new[] { false, true })
        {
            var root = Path.Combine(tree, $"{keepsNewNames}");
            Directory.CreateDirectory(root);
            foreach (var (path, isContentSafe, _) in disk.Files.Where(file => file.IsNameSafe || keepsNewNames))
            {
                var copy = Path.Combine(root, Path.GetRelativePath(Path.Combine(Service.Storage, "artifacts"), path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                if (isContentSafe && File.Exists(path))
                    File.CreateSymbolicLink(copy, path);
                else
                    await File.WriteAllBytesAsync(copy, [], Ct);
            }
            var store = new FileArtifactStore(root, TimeProvider.System);
            foreach (var sha256 in disk.Rows)
            {
                await using var content = store.TryOpen(sha256);
                Assert.True(content is not null, $"At {at} a row speaks of {sha256}, and a power cut leaves no such file.");
                // Checkpoints may be gone by now, in good order: their rows went before them.
                if (File.Exists(Path.Combine(Service.Storage, "artifacts", sha256[..2], sha256[2..4], sha256)))
                    Assert.True(content.Length > 0, $"At {at} a row speaks of {sha256}, and a power cut leaves it without its content.");
            }
        }
        Directory.Delete(tree, recursive: true);
    }
}
