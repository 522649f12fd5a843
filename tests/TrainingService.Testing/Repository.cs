using System.Runtime.CompilerServices;

namespace TrainingService.Testing;

/// <summary>The repository's files and the programs built from it.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Parent!.Name;

    public static string Program(string room, string assembly, string runtime = "") =>
        Path.Combine(Root, "src", $"TrainingService.{room}", "bin", Configuration, "net10.0", runtime, $"{assembly}.dll");

    /// <summary>The assembly of a project in the tests' folder.</summary>
    public static string TestAssembly(string project) => Path.Combine(Root, "tests", project, "bin", Configuration, "net10.0", $"{project}.dll");

    /// <summary>The Worker program as it is deployed: published, and so compiled ahead.</summary>
    public static string PublishedWorker => Program("Worker", "TrainingService.Worker", "linux-x64/publish");

    public static string Example(string name) => Path.Combine(Root, "deploy", "examples", name);

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "TrainingService.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("TrainingService.sln stands above no source file.");
        return folder.FullName;
    }
}
