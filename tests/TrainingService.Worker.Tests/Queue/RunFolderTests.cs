using TrainingService.Domain.Jobs;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Tests.Queue;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("run-folder-").FullName;

    [Fact]
    public void A_file_is_followed_by_its_safe_name_and_through_no_link()
    {
        File.WriteAllText(Path.Combine(_root, "secret"), "x");
        using var folder = RunFolder.Create(_root, new Claim(Guid.NewGuid(), 1, null!));
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

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
