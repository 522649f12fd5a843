using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Cli;

/// <summary>The program's verbs and tables.</summary>
public sealed class VerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cli-").FullName;
    private readonly List<string> _asked = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cancel", "is asked to stop")]
    [InlineData("pause", "is asked to pause")]
    [InlineData("resume", "is queued at place 3: a worker: none is alive.")]
    [InlineData("archive", "has ended (succeeded) and is archived")]
    [InlineData("unarchive", "has ended: succeeded")]
    public async Task A_verb_says_where_the_job_stands_now(string verb, string said)
    {
        var job = ScriptedJob.OfLength(2).Response;
        await using var server = await StartAsync(verb switch
        {
            "cancel" => job with { Status = JobStatus.Running, IsTerminal = false, Requested = "cancel" },
            "pause" => job with { Status = JobStatus.Running, IsTerminal = false, Requested = "pause" },
            "resume" => job with { Status = JobStatus.Queued, IsTerminal = false, QueuePosition = 3, WaitingFor = "a worker: none is alive." },
            "archive" => job with { ArchivedAt = DateTimeOffset.UnixEpoch },
            _ => job,
        });

        var (exitCode, output, errors) = await RunAsync(server, verb, job.Id.ToString());

        Assert.True(exitCode == 0, errors);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal([$"POST /v1/jobs/{job.Id}/{verb} "], _asked);
    }

    [Fact]
    public async Task Continue_and_clone_send_what_was_asked_for_and_name_the_new_job()
    {
        var job = ScriptedJob.OfLength(2).Response;
        await using var server = await StartAsync(job);
        var changes = Path.Combine(_folder, "changes.json");
        await File.WriteAllTextAsync(changes, """{"fit": {"epochs": 20}}""", Ct);

        foreach (var arguments in new string[][] { ["continue", $"{job.Id}", "--epochs", "5"], ["clone", $"{job.Id}"], ["clone", $"{job.Id}", "--changes", changes] })
        {
            var (exitCode, output, errors) = await RunAsync(server, arguments);
            Assert.True(exitCode == 0, errors);
            Assert.Contains(job.Id.ToString(), output, StringComparison.Ordinal);
        }

        Assert.Equal(
            [$"POST /v1/jobs/{job.Id}/continue {{\"epochs\":5}}", $"POST /v1/jobs/{job.Id}/clone {{}}", $"POST /v1/jobs/{job.Id}/clone {{\"fit\":{{\"epochs\":20}}}}"], _asked);
        Assert.Contains("--epochs", (await RunAsync(server, "continue", $"{job.Id}")).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no file", (await RunAsync(server, "clone", $"{job.Id}", "--changes", "nowhere.json")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_asks_where_somebody_can_answer_and_wants_to_be_told_where_nobody_can()
    {
        var job = ScriptedJob.OfLength(2).Response;
        await using var server = await StartAsync(job);

        var (exitCode, _, errors) = await RunAsync(server, "delete", $"{job.Id}");
        Assert.Equal(1, exitCode);
        Assert.Contains("expected --yes", errors, StringComparison.Ordinal);
        Assert.Empty(_asked);

        var deleted = await RunAsync(server, "delete", $"{job.Id}", "--yes");
        Assert.True(deleted.ExitCode == 0, deleted.Errors);
        Assert.Equal([$"DELETE /v1/jobs/{job.Id} "], _asked);
    }

    [Fact]
    public async Task A_refused_verb_says_why_and_fails()
    {
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapPost("/v1/jobs/{id}/pause", () => Results.Json(
            new ProblemResponse("about:blank", "no", 409, "conflict", "expected a job that is running. Received: it is failed.", null, null), ContractsJson.Options, "application/problem+json", 409)));
        var (exitCode, _, errors) = await RunAsync(server, "pause", $"{Guid.NewGuid()}");
        Assert.Equal(1, exitCode);
        Assert.Contains("Refused (409): expected a job that is running. Received: it is failed.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_show_attempts_checkpoints_transitions_and_workers()
    {
        var job = ScriptedJob.OfLength(2).Response;
        var at = new DateTimeOffset(2026, 1, 15, 9, 30, 0, TimeSpan.Zero);
        await using var server = await TestServer.StartAsync(new Script(), map: app =>
        {
            app.MapGet("/v1/jobs/{id}/attempts", () => new[]
            {
                new AttemptResponse(1, "w1", at, at.AddSeconds(75), null, AttemptOutcome.HandedBack, 137, new JobError("x", "exit code 137"), null, null),
                new AttemptResponse(2, "w2", at, null, null, null, null, null, 3, 0),
            });
            app.MapGet("/v1/jobs/{id}/checkpoints", () => new[] { new CheckpointResponse(12, 2, 3, 1_500, true, true, 2_713_600, new string('a', 64), at) });
            app.MapGet("/v1/jobs/{id}/transitions", () => new[] { new TransitionResponse(3, 1, "running", null, "pause", "somebody asked to pause", at, "w1") });
            app.MapGet("/v1/workers", () => new[] { new WorkerResponse("w1", "train-1", 4711, "1.4", ["cpu", "gpu"], ["cuda:0"], 2, 1, at, at) });
        });

        Assert.Matches(@"1  2026-01-15 09:30 +1:15  handed back +w1  exit code 137\n +2  2026-01-15 09:30 +running +3  w2", await ShownAsync(server, "attempts", job.Id));
        Assert.Matches("12 +3 +1,500  2026-01-15 09:30 +2,713,600  latest, best", await ShownAsync(server, "checkpoints", job.Id));
        Assert.Matches(@"2026-01-15 09:30:00  running, pause requested +somebody asked to pause  \[w1\]", await ShownAsync(server, "transitions", job.Id));
        Assert.Matches("train-1 +4711 +1/2  cpu, gpu +cuda:0 +1.4", (await RunAsync(server, "workers")).Output);
    }

    [Fact]
    public async Task Every_verb_has_a_help()
    {
        var help = (await CliTests.RunAsync("--help")).Output;
        foreach (var verb in new[] { "run", "follow", "list", "show", "download", "cancel", "pause", "resume", "continue", "clone", "archive", "unarchive", "delete", "attempts", "transitions", "checkpoints", "dataset", "workers" })
            Assert.Matches($@"\n  {verb}\b.*  \S", help);
        Assert.Contains("--epochs", (await CliTests.RunAsync("continue", "--help")).Output, StringComparison.Ordinal);
    }

    private async Task<string> ShownAsync(TestServer server, string table, Guid id)
    {
        var (exitCode, output, errors) = await RunAsync(server, table, $"{id}");
        Assert.True(exitCode == 0, errors);
        return output;
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(TestServer server, params string[] arguments) =>
        CliTests.RunAsync([.. arguments, "--server", server.Address.ToString()]);

    private Task<TestServer> StartAsync(JobResponse answer) => TestServer.StartAsync(new Script(), map: app => app.Map("/v1/jobs/{**rest}", async (HttpContext context) =>
    {
        _asked.Add($"{context.Request.Method} {context.Request.Path} {await new StreamReader(context.Request.Body).ReadToEndAsync(Ct)}");
        return context.Request.Method == "DELETE" ? Results.NoContent() : Results.Json(answer, ContractsJson.Options);
    }).WithOrder(-1));
}
