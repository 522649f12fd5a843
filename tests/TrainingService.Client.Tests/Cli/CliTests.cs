using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Cli;

/// <summary>The program itself, as a process with its output in a pipe.</summary>
public sealed class CliTests : IDisposable
{
    private static readonly string s_program = typeof(CliTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Program").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("cli-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_shows_a_row_per_epoch_and_downloads_the_model()
    {
        var job = Job(JobStatus.Succeeded);
        await using var server = await TestServer.StartAsync(new Script { File = [1, 2, 3] }.Add(job));

        var (exitCode, output, errors) = await RunAsync("run", await JobFileAsync("{}"), "--server", server.Address.ToString(), "--output", _folder);

        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("   epoch      loss  accuracy  val_loss  val_accuracy   seconds    rows/s", output, StringComparison.Ordinal);
        Assert.Contains("     1/2    0.5000    0.8000       nan        0.8500       1.5     8,000", output, StringComparison.Ordinal);
        Assert.Contains("test accuracy 0.9900", output, StringComparison.Ordinal);
        Assert.Contains(new Uri(server.Address, $"jobs/{job.Id}").ToString(), output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "model.safetensors"), output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Path.Combine(_folder, "model.safetensors"), Ct));
        Assert.DoesNotContain(output, character => char.IsControl(character) && character != '\n');
    }

    [Fact]
    public async Task Following_a_failed_job_fails()
    {
        var job = Job(JobStatus.Failed);
        await using var server = await TestServer.StartAsync(new Script().Add(job));

        var (exitCode, output, _) = await RunAsync("follow", job.Id.ToString(), "--server", server.Address.ToString());

        Assert.Equal(1, exitCode);
        Assert.Contains("scripted failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_job_shows_every_violation_at_its_place()
    {
        var problem = new ProblemResponse("about:blank", "Bad Request", 400, "invalid_request", "The job has 1 problem.",
            [new Violation("/compile/optimzer", "unknown_field", "not a field", "did you mean \"optimizer\"?")], null);
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapPost("/refusing/v1/jobs",
            () => Results.Json(problem, ContractsJson.Options, "application/problem+json", 400)));

        var (exitCode, _, errors) = await RunAsync("run", await JobFileAsync("{}"), "--server", new Uri(server.Address, "refusing").ToString());

        Assert.Equal(1, exitCode);
        Assert.Contains("at /compile/optimzer\n     not a field\n     did you mean \"optimizer\"?", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_stops_following_and_says_that_the_job_goes_on()
    {
        var job = Job(JobStatus.Succeeded);
        await using var server = await TestServer.StartAsync(new Script { HoldBefore = job.LastSeq }.Add(job));
        using var process = Start(["follow", job.Id.ToString(), "--server", server.Address.ToString()]);
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line && !line.Contains("1/2", StringComparison.Ordinal))
        {
        }

        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString()]))
            await kill.WaitForExitAsync(Ct);

        var rest = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("the job goes on", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_service_that_is_there_succeeds_and_otherwise_fails()
    {
        var server = await TestServer.StartAsync(new Script());
        var address = server.Address.ToString();
        Assert.Equal(0, (await RunAsync("wait-ready", address)).ExitCode);

        await server.DisposeAsync();

        Assert.Equal(1, (await RunAsync("wait-ready", address, "--timeout", "1")).ExitCode);
    }

    [Fact]
    public async Task Waiting_ends_with_the_service_s_process()
    {
        var server = await TestServer.StartAsync(new Script());
        var address = server.Address.ToString();
        await server.DisposeAsync();
        using var service = Process.Start("sleep", "100");
        using var waiting = Start(["wait-ready", "--server", address, "--process", service.Id.ToString()]);
        service.Kill();

        var output = await waiting.StandardOutput.ReadToEndAsync(Ct);

        Assert.Contains("has ended", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_comes_from_the_environment_when_the_command_line_has_none()
    {
        await using var server = await TestServer.StartAsync(new Script());
        Assert.Equal(0, (await RunInAsync(server.Address.ToString(), "wait-ready")).ExitCode);

        var (exitCode, _, errors) = await RunInAsync("localhost:1", "list");

        Assert.Equal(1, exitCode);
        Assert.Contains("expected http://host:port", errors, StringComparison.Ordinal);
    }

    private static ScriptedJob Job(JobStatus status) => new(
    [
        new StatusEvent("running", "preparing", null),
        new ModelEvent(225_034, 225_034, "cpu", 2, 12_000, 2_000, 32, 375),
        new ProgressEvent(1, 2, 10, 375, new Dictionary<string, double?> { ["loss"] = 1.0 }, 5000, 3),
        new EpochEndEvent(1, 2, new Dictionary<string, double?> { ["loss"] = 0.5, ["val_loss"] = null, ["accuracy"] = 0.8, ["val_accuracy"] = 0.85 },
            new Dictionary<string, string> { ["val_loss"] = "nan" }, 1.5, 8000, 0, 1),
        new EvaluationEvent("test", new Dictionary<string, double?> { ["loss"] = 0.03, ["accuracy"] = 0.99 }, null, 10_000),
        new TerminalEvent(status.ToString().ToLowerInvariant(), "completed", null),
    ], status);

    private async Task<string> JobFileAsync(string json)
    {
        var path = Path.Combine(_folder, "job.json");
        await File.WriteAllTextAsync(path, json, Ct);
        return path;
    }

    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await RunAsync(process);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunInAsync(string serverVariable, params string[] arguments)
    {
        using var process = Start(arguments, ("TRAININGSERVICE_URL", serverVariable));
        return await RunAsync(process);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(string[] arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        // Whoever runs the tests in the background may ignore Ctrl+C; a program would inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", s_program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
