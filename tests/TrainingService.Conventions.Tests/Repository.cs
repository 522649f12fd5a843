using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace TrainingService.Conventions.Tests;

/// <summary>The repository's files, found from this source file.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IReadOnlyList<string> Rooms { get; } =
        ["Contracts", "Engine", "Domain", "Api", "Worker", "Client", "Client.Cli", "Dashboard"];

    public static XDocument Project(string room) =>
        XDocument.Load(Path.Combine(Root, "src", $"TrainingService.{room}", $"TrainingService.{room}.csproj"));

    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "TrainingService.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("TrainingService.sln stands above no source file.");
        return folder.FullName;
    }
}
