using System.Xml.Linq;

namespace TrainingService.Conventions.Tests;

/// <summary>The repository's files.</summary>
internal static class Repository
{
    public static string Root => Testing.Repository.Root;

    public static IReadOnlyList<string> Rooms { get; } =
        ["Contracts", "Engine", "Domain", "Api", "Worker", "Client", "Client.Cli", "Dashboard"];

    public static XDocument Project(string room) =>
        XDocument.Load(Path.Combine(Root, "src", $"TrainingService.{room}", $"TrainingService.{room}.csproj"));

    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
