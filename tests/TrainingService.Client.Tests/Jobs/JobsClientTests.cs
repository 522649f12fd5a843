using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TrainingService.Client.Jobs;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Jobs;

public sealed class JobsClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_carries_every_violation()
    {
        var problem = new ProblemResponse("about:blank", "Bad Request", 400, "invalid_request", "2 problems",
            [new Violation("/compile/optimzer", "unknown_field", "not a field", "did you mean \"optimizer\"?"), new Violation("/fit/epochs", "out_of_range", "expected 1 to 1000000. Received: 0")], "abc");
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapPost("/v1/jobs:validate",
            () => Results.Json(problem, ContractsJson.Options, "application/problem+json", 400)));

        var error = await Assert.ThrowsAsync<TrainingServiceException>(() => server.Client().Jobs.ValidateAsync("{}", Ct));

        Assert.Equal(problem.Errors!, error.Problem.Errors!);
        Assert.Equal("invalid_request", error.Problem.Code);
        Assert.Contains("/compile/optimzer: not a field (did you mean \"optimizer\"?)", error.Message, StringComparison.Ordinal);
        Assert.Contains("/fit/epochs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_no_problem_document_still_says_its_status()
    {
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapGet("/v1/datasets",
            () => Results.Text("upstream is down", "text/html", statusCode: 502)));

        var error = await Assert.ThrowsAsync<TrainingServiceException>(async () => await server.Client().Datasets.ListAsync(Ct).ToListAsync(Ct));

        Assert.Equal(502, error.Problem.Status);
        Assert.Equal("http_502", error.Problem.Code);
        Assert.Equal("upstream is down", error.Problem.Detail);
    }

    [Fact]
    public async Task The_address_of_a_file_in_folders_keeps_its_folders()
    {
        await using var server = await TestServer.StartAsync(new Script());
        var id = Guid.NewGuid();
        var address = server.Client().Jobs.ArtifactAddress(id, "logs/train/events?#1");
        Assert.EndsWith($"/v1/jobs/{id}/artifacts/logs/train/events%3F%231", address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_follows_the_cursor_to_the_end()
    {
        var jobs = Enumerable.Range(0, 5).Select(_ => ScriptedJob.OfLength(2).Response).ToArray();
        var queries = new List<string>();
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapGet("/v1/jobs", (HttpContext context, string? after, int limit) =>
        {
            queries.Add(context.Request.QueryString.Value!);
            var start = after is null ? 0 : int.Parse(after[2..]);
            var items = jobs[start..Math.Min(start + limit, jobs.Length)];
            return Results.Json(new Page<JobResponse>(items, start + limit < jobs.Length ? $"+/{start + limit}" : null), ContractsJson.Options);
        }));

        var listed = await server.Client().Jobs.ListAsync(new JobQuery { Status = JobStatus.Succeeded, Tag = "a b&c", PageSize = 2 }, Ct).ToListAsync(Ct);

        Assert.Equal(jobs.Select(job => job.Id), listed.Select(job => job.Id));
        Assert.Equal(3, queries.Count);
        Assert.All(queries, query => Assert.Contains("status=succeeded&tag=a%20b%26c", query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_submission_arrives_as_it_was_written()
    {
        string? received = null;
        var answer = ScriptedJob.OfLength(2).Response;
        await using var server = await TestServer.StartAsync(new Script(), map: app => app.MapPost("/base/v1/jobs", async (HttpRequest request) =>
        {
            received = await new StreamReader(request.Body).ReadToEndAsync();
            return Results.Json(answer, ContractsJson.Options, statusCode: 201);
        }));

        var client = new TrainingServiceClient(new HttpClient { BaseAddress = new Uri(server.Address, "base") });
        var job = await client.Jobs.SubmitAsync("""{ "model": {"class_name": "Sequential"}, "wrong": 1e400 }""", Ct);

        Assert.Equal(answer.Id, job.Id);
        Assert.Equal("""{"model":{"class_name":"Sequential"},"wrong":1e400}""", received);
    }

    [Fact]
    public async Task Text_that_is_not_JSON_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(new Script());

        await Assert.ThrowsAnyAsync<JsonException>(() => server.Client().Jobs.SubmitAsync("{ \"model\": ", Ct));
    }

    [Fact]
    public async Task Waiting_returns_the_ended_job()
    {
        var job = ScriptedJob.OfLength(5);
        await using var server = await TestServer.StartAsync(new Script().Add(job));

        Assert.Equal(JobStatus.Succeeded, (await server.Client().Jobs.WaitAsync(job.Id, Ct)).Status);
    }

    [Fact]
    public async Task Readiness_is_false_while_nothing_answers()
    {
        var server = await TestServer.StartAsync(new Script());
        var client = server.Client();
        Assert.True(await client.IsReadyAsync(Ct));

        await server.DisposeAsync();

        Assert.False(await client.IsReadyAsync(Ct));
    }
}
