using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>Whatever a checkpoint does to the disk may be the last thing that the process does.</summary>
[Collection(TrainingCollection.Name)]
public sealed class CrashPointTests
{
    [Fact]
    public void S2_after_a_crash_at_any_step_the_old_checkpoint_or_the_new_one_is_whole()
    {
        using var folders = new OutputFolder();
        ResumedFit? fit = null;
        var steps = 0;
        // What is on the disk before the n-th step is what a process leaves that is killed there.
        using (fit = new ResumedFit(Scenario.All["files of callbacks"]) { FileStep = _ => Copy(fit!.CheckpointFolder, Path.Combine(folders.Path, $"{++steps}")) })
            Assert.True(fit.Run(from: null, everyBatch: false));
        using var calm = new ResumedFit(Scenario.All["files of callbacks"]);
        Assert.True(calm.Run(from: null, everyBatch: false));
        var complete = fit.Observer.Of<TrainerCheckpointFile>().Count();
        Assert.Equal(complete * 6, steps); // create, write, write digest, sync, rename, sync folder
        for (var step = 1; step <= steps; step++)
        {
            var left = Directory.EnumerateFiles(Path.Combine(folders.Path, $"{step}"), "*.ckpt").ToList();
            Assert.True(left.Count >= (step - 1) / 6, $"{left.Count} checkpoints are left before step {step}");
            foreach (var file in left)
                CheckpointFile.Read(file).Dispose();
            if (left.Count == 0 || step % 5 != 0)
                continue;
            using var next = new ResumedFit(Scenario.All["files of callbacks"]);
            Assert.True(next.Run(left.MaxBy(file => long.Parse(Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture)), everyBatch: false));
            Assert.Equal(File.ReadAllText(calm.PathOf("history.csv")), File.ReadAllText(next.PathOf("history.csv")));
        }
    }

    [Fact]
    public void F23_an_error_at_any_step_costs_one_checkpoint_and_leaves_no_half_a_file()
    {
        for (var failing = 1; failing <= 6; failing++)
        {
            var step = 0;
            using var fit = new ResumedFit(Scenario.All["gradient accumulation"])
            {
                FileStep = _ =>
                {
                    if (++step == failing)
                        throw new IOException("No space left on device");
                },
            };
            Assert.True(fit.Run(from: null, everyBatch: false));
            Assert.Equal("Checkpoint 1 could not be written: No space left on device", Assert.Single(fit.Observer.Of<LogEvent>(), line => line.Level == "warning").Message);
            Assert.Equal([2, 3], fit.Observer.Of<TrainerCheckpointFile>().Select(file => file.Number));
            Assert.Empty(Directory.EnumerateFiles(fit.CheckpointFolder, "*.tmp"));
            foreach (var file in Directory.EnumerateFiles(fit.CheckpointFolder))
                CheckpointFile.Read(file).Dispose();
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite); // one is being written
            using var copy = File.Create(Path.Combine(to, Path.GetFileName(file)));
            open.CopyTo(copy);
        }
    }
}
