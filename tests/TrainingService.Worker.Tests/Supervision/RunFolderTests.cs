using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Supervision;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("run-folder-").FullName;

    [Fact]
    public void A_file_is_followed_by_its_safe_name_and_through_no_link()
    {
        File.WriteAllText(Path.Combine(_root, "secret"), "x");
        using var folder = RunFolder.Create(RunFolder.AllRuns(_root), Guid.NewGuid(), 1);
        Directory.CreateDirectory(Path.Combine(folder.OutputDirectory, "logs", "train"));
        File.WriteAllText(Path.Combine(folder.OutputDirectory, "model.safetensors"), "m");
        File.WriteAllText(Path.Combine(folder.OutputDirectory, "logs", "train", "events"), "e");
        File.CreateSymbolicLink(Path.Combine(folder.OutputDirectory, "link"), Path.Combine(_root, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(folder.OutputDirectory, "logs", "out"), _root);

        Assert.Equal("m", File.ReadAllText(folder.OutputPath("model.safetensors")));
        Assert.Equal("e", File.ReadAllText(folder.OutputPath("logs/train/events")));
        foreach (var name in (string[])["", "nothing", "logs", "link", "logs/out/secret", "../../../secret", $"{_root}/secret", "logs/../model.safetensors"])
            Assert.Throws<InvalidDataException>(() => folder.OutputPath(name));
    }

    [Fact]
    public void Folders_of_runs_that_a_killed_worker_may_have_left_are_found_when_they_are_old()
    {
        var job = Guid.NewGuid();
        foreach (var attempt in new[] { "1", "2", "notes" })
            Directory.CreateDirectory(Path.Combine(RunFolder.AllRuns(_root), job.ToString(), attempt));
        Directory.CreateDirectory(Path.Combine(RunFolder.AllRuns(_root), "lost+found", "1"));
        Directory.SetLastWriteTimeUtc(Path.Combine(RunFolder.AllRuns(_root), job.ToString(), "1"), DateTime.UtcNow.AddHours(-1));

        var found = Assert.Single(AbandonedRuns.Find(RunFolder.AllRuns(_root), DateTimeOffset.UtcNow.AddMinutes(-10)));

        Assert.Equal((job, 1), (found.Id, found.Attempt));
        found.Remove();
        Assert.Equal(["2", "notes"], Directory.EnumerateDirectories(Path.Combine(RunFolder.AllRuns(_root), job.ToString())).Select(Path.GetFileName).Order());
        Assert.Empty(AbandonedRuns.Find(Path.Combine(_root, "nothing"), DateTimeOffset.MaxValue));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
