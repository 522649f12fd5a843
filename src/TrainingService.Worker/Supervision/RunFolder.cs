using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Json;

namespace TrainingService.Worker.Supervision;

/// <summary>
/// The folder of one attempt, <c>runs/&lt;job&gt;/&lt;attempt&gt;</c> below the storage root: the plan, the log, and what the process writes.
/// Gone after the run.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly string _root;

    private RunFolder(string root) => _root = root;

    public string PlanPath => Path.Combine(_root, "plan.json");

    public string StderrPath => Path.Combine(_root, "stderr.log");

    public string OutputDirectory => Path.Combine(_root, "output");

    /// <summary>Where a checkpoint is put that the run goes on from.</summary>
    public string ResumePath(long checkpoint) => Path.Combine(Folder("resume"), $"{checkpoint}.ckpt");

    /// <summary>Where a data set's files are put that the trainer reads, one folder for each.</summary>
    public string DatasetPath(string dataset) => Folder(Path.Combine("datasets", dataset));

    /// <summary>Where an uploaded file is put under the number that it has among them: its own name is for the plan alone.</summary>
    public string SourcePath(int number) => Path.Combine(Folder("sources"), $"{number}");

    /// <summary>The folder with a folder for every job that runs, and in it one for the attempt.</summary>
    public static string AllRuns(string storageRoot) => Path.Combine(Path.GetFullPath(storageRoot), "runs");

    /// <summary>The same for versions of data sets that are read.</summary>
    public static string AllIngests(string storageRoot) => Path.Combine(Path.GetFullPath(storageRoot), "ingests");

    /// <summary>
    /// Makes the folder. One of an attempt before is left alone: its process may still write there. The slow round clears it away.
    /// </summary>
    /// <param name="all">The folder with all of its kind.</param>
    /// <param name="id">Of the job, or of whatever else is worked on.</param>
    /// <param name="attempt">Which attempt at it.</param>
    public static RunFolder Create(string all, Guid id, int attempt)
    {
        var folder = new RunFolder(Path.Combine(all, id.ToString(), attempt.ToString(CultureInfo.InvariantCulture)));
        Directory.CreateDirectory(folder.OutputDirectory);
        return folder;
    }

    public void WritePlan<T>(T plan) => File.WriteAllBytes(PlanPath, JsonSerializer.SerializeToUtf8Bytes(plan, ContractsJson.Options));

    /// <summary>A file that the process names; only a safe name inside its output folder is followed, and no link on the way.</summary>
    /// <exception cref="InvalidDataException">The name leads elsewhere, or there is no such file.</exception>
    public string OutputPath(string name)
    {
        if (!ArtifactName.IsSafe(name))
            throw new InvalidDataException($"file: expected the name of a file in the output folder. Received: \"{name}\".");
        var file = new FileInfo(Path.Combine(OutputDirectory, name));
        return file is { Exists: true, LinkTarget: null } && FoldersOf(file).All(folder => folder.LinkTarget is null)
            ? file.FullName
            : throw new InvalidDataException($"file: expected the name of a file in the output folder. Received: \"{name}\".");
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    private IEnumerable<DirectoryInfo> FoldersOf(FileInfo file)
    {
        for (var folder = file.Directory!; folder.FullName != OutputDirectory; folder = folder.Parent!)
            yield return folder;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
            var job = Path.GetDirectoryName(_root)!;
            if (!Directory.EnumerateFileSystemEntries(job).Any())
                Directory.Delete(job);
        }
        catch (IOException exception)
        {
            // Another attempt at the job makes or clears its own folder beside it. What stays, the slow round clears away.
            Debug.WriteLine($"{_root}: {exception.Message}");
        }
    }
}
