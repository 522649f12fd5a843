using System.Text.RegularExpressions;

namespace TrainingService.Conventions.Tests;

public sealed class TextTests
{
    private static readonly string Self = $"{nameof(TextTests)}.cs";

    [Fact]
    public void No_exception_is_swallowed()
    {
        var swallowed = new Regex(@"catch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\))?\s*\{\s*\}");
        Assert.DoesNotContain(Files("*.cs"), file => swallowed.IsMatch(File.ReadAllText(file)));
    }

    [Fact]
    public void Nothing_waits_by_sleeping()
    {
        var sleeping = new Regex(@"Thread\.Sleep\(");
        Assert.DoesNotContain(Files("*.cs"), file => sleeping.IsMatch(File.ReadAllText(file)));
    }

    [Fact]
    public void Types_are_never_made_from_names_that_came_in()
    {
        // One place opens assemblies: those whose paths the operator configured.
        var byName = new Regex(@"Type\.GetType\(|Activator\.CreateInstance\(\s*""|Assembly\.Load(From|File)?\(|LoadFromAssemblyPath\(");
        Assert.Equal(
            ["ExtensionAssembly.cs"],
            Files("*.cs").Where(file => file.Contains("/src/", StringComparison.Ordinal) && byName.IsMatch(File.ReadAllText(file))).Select(Path.GetFileName));
    }

    [Fact]
    public void Scripts_can_be_run_and_stop_at_errors()
    {
        string[] scripts = ["deploy/quickstart.sh", "tests/run.sh", "tests/benchmark.sh"];
        Assert.All(scripts, script =>
        {
            var path = Path.Combine(Repository.Root, script);
            Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), script);
            Assert.Contains("set -", File.ReadAllText(path), StringComparison.Ordinal);
        });
    }

    private static IEnumerable<string> Files(string pattern) =>
        new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal) && Path.GetFileName(file) != Self);
}
