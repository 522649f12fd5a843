using TrainingService.Domain.Storage;

namespace TrainingService.Api.StandAlone;

/// <summary>What the service starts by itself, and where it keeps its things.</summary>
/// <param name="IsStandAlone">No <c>ConnectionStrings:Training</c> is configured: run a private PostgreSQL.</param>
/// <param name="DataDirectory"><c>DataDirectory</c>: database, artifacts and logs. Default: <c>~/.local/share/training-service</c>.</param>
/// <param name="DatasetsRoot"><c>Datasets:Root</c>. Default: <c>datasets</c> beside the program or <c>deploy/datasets</c> above it.</param>
/// <param name="StartsWorker"><c>StandAlone:Worker</c>: run the Worker program as a child. Default: true without a connection string, else false.</param>
/// <param name="WorkerPath"><c>Worker:Path</c>: the Worker program. Default: beside this one.</param>
internal sealed record StandAloneOptions(bool IsStandAlone, string DataDirectory, string? DatasetsRoot, bool StartsWorker, string? WorkerPath)
{
    private const string WorkerName = "TrainingService.Worker";

    public static StandAloneOptions Read(IConfiguration configuration)
    {
        var isStandAlone = string.IsNullOrEmpty(configuration.GetConnectionString("Training"));
        var startsWorker = configuration.GetValue("StandAlone:Worker", isStandAlone);
        return new StandAloneOptions(
            isStandAlone,
            Path.GetFullPath(Given(configuration["DataDirectory"]) ?? DefaultDataDirectory()),
            Given(configuration["Datasets:Root"]) ?? FindDatasets(),
            startsWorker,
            startsWorker ? FindWorker(Given(configuration["Worker:Path"])) : null);
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static string DefaultDataDirectory()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0 ? Path.Combine(home, "training-service") : Path.Combine(Environment.CurrentDirectory, "data");
    }

    private static string? FindDatasets() =>
        FoldersUpwards().SelectMany(folder => new[] { Path.Combine(folder, "datasets"), Path.Combine(folder, "deploy", "datasets") })
            .FirstOrDefault(Directory.Exists);

    /// <summary>The configured program, or the one that was published or built beside this one.</summary>
    private static string FindWorker(string? configured)
    {
        if (configured is not null)
            return IsProgram(configured)
                ? Path.GetFullPath(configured)
                : throw new StartUpException(
                    $"Worker:Path: expected the Worker program. Received: {configured}, which {(File.Exists(configured) ? "is neither executable nor a .dll" : "does not exist")}.");
        var candidates = WorkerCandidates().ToArray();
        return candidates.FirstOrDefault(File.Exists) ?? throw new StartUpException(
            $"The Worker program was not found at {string.Join(" or ", candidates)}. Set Worker:Path, or StandAlone:Worker=false to serve without one.");
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static IEnumerable<string> WorkerCandidates()
    {
        var home = AppContext.BaseDirectory;
        yield return Path.Combine(home, $"{WorkerName}.dll");
        yield return Path.GetFullPath(Path.Combine(home, "..", WorkerName, $"{WorkerName}.dll"));
        // Built from source: src/TrainingService.Api/bin/CONFIGURATION/FRAMEWORK/.
        var framework = new DirectoryInfo(home);
        if (framework.Parent is { Parent: { Name: "bin", Parent.Parent: { } source } } configuration)
            yield return Path.Combine(source.FullName, WorkerName, "bin", configuration.Name, framework.Name, "linux-x64", $"{WorkerName}.dll");
    }

    private static IEnumerable<string> FoldersUpwards()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}
