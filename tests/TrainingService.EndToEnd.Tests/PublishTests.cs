using System.Diagnostics;
using System.Text.RegularExpressions;
using TrainingService.Client;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>What the images do, without an engine: their own publish commands, and the published programs as a cluster on one PostgreSQL.</summary>
public sealed partial class PublishTests
{
    [Fact]
    public async Task The_images_publish_commands_make_an_api_and_workers_that_share_one_database()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("published-").FullName;
        var postgres = await TestPostgres.StartedAsync();
        var database = postgres.ConnectionTo(TestPostgres.NewName());
        List<Process> processes = [];
        try
        {
            await PublishAsync("Dockerfile.api", Path.Combine(folder, "api"));
            await PublishAsync("Dockerfile.worker", Path.Combine(folder, "worker"));
            // Only the worker carries libtorch.
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "api"), "*torch*", SearchOption.AllDirectories));
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder, "worker"), "libtorch_cpu.so", SearchOption.AllDirectories));

            var address = new Uri($"http://127.0.0.1:{QuickStartTests.FreePort()}/");
            processes.Add(Start(folder, "api", "TrainingService.Api.dll", database, address));
            var client = new TrainingServiceClient(address);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromMinutes(3));
            await client.WaitReadyAsync(limit.Token);
            processes.Add(Start(folder, "worker", "TrainingService.Worker.dll", database));
            processes.Add(Start(folder, "worker", "TrainingService.Worker.dll", database));

            var jobs = new List<JobResponse>();
            for (var number = 0; number < 2; number++)
                jobs.Add(await client.Jobs.SubmitAsync(SmallJob.Of(rows: 256, epochs: 1), limit.Token));
            foreach (var job in jobs)
                Assert.Equal(JobStatus.Succeeded, (await client.Jobs.WaitAsync(job.Id, limit.Token)).Status);

            using var http = new HttpClient { BaseAddress = address };
            Assert.Contains("<div id=\"app\"", await http.GetStringAsync($"jobs/{jobs[0].Id}", limit.Token), StringComparison.Ordinal);
            Assert.Contains("/v1/jobs", await http.GetStringAsync("swagger/v1/swagger.json", limit.Token), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var process in processes)
                await StopAsync(process);
            await postgres.DropAsync(database);
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"^RUN dotnet (publish .*) -o /app$", RegexOptions.Multiline)]
    private static partial Regex PublishCommand();

    private static async Task PublishAsync(string dockerfile, string output)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, dockerfile), TestContext.Current.CancellationToken);
        var command = PublishCommand().Match(text).Groups[1].Value.Replace("$LIBTORCH", "cpu", StringComparison.Ordinal)
            .Replace("src/", Path.Combine(Repository.Root, "src") + "/", StringComparison.Ordinal);
        var (code, log) = await ComposeTests.RunAsync("dotnet", [.. command.Split(' '), "-o", output, "--nologo", "-v", "q"]);
        Assert.True(code == 0, log);
    }

    private static Process Start(string folder, string room, string assembly, string database, Uri? address = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, room, assembly)]) { WorkingDirectory = Path.Combine(folder, room) };
        start.Environment["ConnectionStrings__Training"] = database;
        start.Environment["Storage__Root"] = Path.Combine(folder, "data");
        start.Environment["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets");
        if (address is not null)
            start.Environment["ASPNETCORE_URLS"] = address.ToString();
        return Process.Start(start)!;
    }

    private static async Task StopAsync(Process process)
    {
        using (process)
        {
            using var terminate = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
