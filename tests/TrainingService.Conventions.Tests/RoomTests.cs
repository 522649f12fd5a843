using System.Text.RegularExpressions;

namespace TrainingService.Conventions.Tests;

public sealed class RoomTests
{
    /// <summary>Which rooms and which packages each room may use, and why nothing else.</summary>
    private static readonly Dictionary<string, (string[] Rooms, string[] Packages)> Allowed = new()
    {
        // Data that leaves a process, and rules about that data alone.
        ["Contracts"] = ([], []),
        // Touches tensors; knows no database, queue or HTTP.
        ["Engine"] = (["Contracts"],
            ["TorchSharp", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies", "SharpZipLib", "Parquet.Net", "Sylvan.Data.Csv", "System.IO.Hashing"]),
        // Decides and stores what is true; knows no torch and no HTTP.
        ["Domain"] = (["Contracts"],
        [
            "Hangfire.Core", "Hangfire.NetCore", "Hangfire.PostgreSql", "Newtonsoft.Json", "Npgsql.EntityFrameworkCore.PostgreSQL",
            "Microsoft.EntityFrameworkCore.Design", "Microsoft.EntityFrameworkCore.Relational", "Microsoft.Extensions.Hosting",
        ]),
        // Knows status codes and connections; never torch.
        ["Api"] = (["Contracts", "Domain", "Dashboard"],
            ["Hangfire.NetCore", "Swashbuckle.AspNetCore"]),
        // Starts, watches and stops runs.
        ["Worker"] = (["Contracts", "Domain", "Engine"],
            ["Hangfire.AspNetCore", "Hangfire.NetCore", "Hangfire.Core", "Microsoft.Extensions.Hosting", "TorchSharp-cpu", "TorchSharp-cuda-linux"]),
        // What any caller of our API would write.
        ["Client"] = (["Contracts"], ["Microsoft.AspNetCore.SignalR.Client", "Microsoft.Extensions.Http"]),
        ["Client.Cli"] = (["Client"], ["System.CommandLine"]),
        // Shown to a person.
        ["Dashboard"] = (["Client"], ["Microsoft.AspNetCore.Components.WebAssembly", "MudBlazor", "Blazor-ApexCharts", "Vizor.ECharts"]),
    };

    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_rooms_and_packages_it_may(string room)
    {
        var project = Repository.Project(room);
        var rooms = project.Descendants("ProjectReference").Select(item => item.Attribute("Include")!.Value)
            .Select(path => Path.GetFileNameWithoutExtension(path)["TrainingService.".Length..]);
        var packages = project.Descendants("PackageReference").Select(item => item.Attribute("Include")!.Value);

        Assert.Empty(rooms.Except(Allowed[room].Rooms));
        Assert.Empty(packages.Except(Allowed[room].Packages));
    }

    [Fact]
    public void Every_room_has_a_readme_that_says_what_is_its_own_what_is_not_and_where_to_start() =>
        Assert.DoesNotContain(
            Repository.Rooms.Select(room => Path.Combine(Repository.Root, "src", $"TrainingService.{room}", "README.md")),
            readme => !File.Exists(readme) || !new[] { "mine", "not", "start" }
                .All(word => File.ReadAllText(readme).Contains(word, StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void The_worker_s_children_know_no_database_and_no_queue()
    {
        foreach (var folder in (string[])["Child", "Inspector", "Trainer"])
        {
            var sources = Repository.Sources($"src/TrainingService.Worker/{folder}");
            Assert.NotEmpty(sources);
            Assert.DoesNotContain(
                sources, file => Regex.IsMatch(File.ReadAllText(file), @"TrainingService\.Domain|TrainingService\.Worker\.(Queue|Supervision|Datasets)|Npgsql|Hangfire"));
        }
    }

    [Fact]
    public void Nothing_is_called_helper_manager_or_dto()
    {
        var names = Repository.Sources("src").Select(Path.GetFileNameWithoutExtension);
        Assert.DoesNotContain(names, name => Regex.IsMatch(name!, "(Helper|Helpers|Manager|Dto|Impl|Utils?)$"));
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.DoesNotContain(folders, name => name is "Common" or "Utils" or "Helpers" or "Managers" or "Application" or "Infrastructure");
    }

    [Fact]
    public void The_top_level_holds_the_fixed_names_and_nothing_else()
    {
        string[] expected =
        [
            "src", "tests", "deploy", "docker-compose.yml", "Dockerfile.api", "Dockerfile.worker", "TrainingService.sln", "README.md",
            "Directory.Build.props", "Directory.Packages.props", "global.json",
        ];
        var found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.');
        Assert.Equal(expected.Order(), found.Order());
    }
}
