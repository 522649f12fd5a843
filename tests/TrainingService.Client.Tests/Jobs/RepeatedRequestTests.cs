using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Jobs;

/// <summary>A request whose answer was lost is sent again, and makes nothing twice.</summary>
public sealed class RepeatedRequestTests
{
    private readonly ConcurrentQueue<(string Request, string? Key)> _seen = new();
    private readonly ScriptedJob _job = ScriptedJob.OfLength(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_submission_is_repeated_with_the_same_key_and_the_next_one_has_another()
    {
        await using var server = await StartAsync(failures: 2);
        var jobs = server.Client().Jobs;

        Assert.Equal(_job.Id, (await jobs.SubmitAsync("{}", Ct)).Id);
        await jobs.SubmitAsync("{}", Ct);

        var keys = _seen.Select(seen => seen.Key).ToArray();
        Assert.Equal(4, keys.Length);
        Assert.All(keys, key => Assert.False(string.IsNullOrEmpty(key)));
        Assert.Single(keys[..3].Distinct());
        Assert.NotEqual(keys[0], keys[3]);
    }

    [Fact]
    public async Task The_callers_own_key_is_taken_as_it_is()
    {
        await using var server = await StartAsync(failures: 1);
        var jobs = server.Client().Jobs;
        await jobs.SubmitAsync("{}", "monday", Ct);
        await jobs.ContinueAsync(_job.Id, 5, "tuesday", Ct);
        await jobs.CloneAsync(_job.Id, """{"seed": null}""", "wednesday", Ct);

        Assert.Equal(
            [("POST /v1/jobs {}", "monday"), ("POST /v1/jobs {}", "monday"), ($"POST /v1/jobs/{_job.Id}/continue {{\"epochs\":5}}", "tuesday"), ($"POST /v1/jobs/{_job.Id}/clone {{\"seed\":null}}", "wednesday")],
            _seen);
    }

    [Fact]
    public async Task Verbs_are_repeated_as_they_are_and_give_up_in_the_end()
    {
        await using var server = await StartAsync(failures: 3);
        var jobs = server.Client().Jobs;
        await jobs.PauseAsync(_job.Id, Ct);
        await jobs.ResumeAsync(_job.Id, Ct);
        await jobs.ArchiveAsync(_job.Id, Ct);
        await jobs.UnarchiveAsync(_job.Id, Ct);
        await jobs.CancelAsync(_job.Id, Ct);
        await jobs.DeleteAsync(_job.Id, Ct);
        Assert.Equal(["pause", "pause", "pause", "pause", "resume", "archive", "unarchive", "cancel", ""],
            _seen.Select(seen => seen.Request.Split($"{_job.Id}", 2)[1].Trim(' ', '/')));
        Assert.All(_seen, seen => Assert.Null(seen.Key));

        await using var away = await StartAsync(failures: 100);
        var refused = await Assert.ThrowsAsync<TrainingServiceException>(() => away.Client().Jobs.DeleteAsync(_job.Id, Ct));
        Assert.Equal((503, TimeSpan.FromSeconds(5)), (refused.Problem.Status, refused.RetryAfter));
        Assert.Equal(9 + 4, _seen.Count);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        await using var server = await StartAsync(failures: 100, status: 409);
        var refused = await Assert.ThrowsAsync<TrainingServiceException>(() => server.Client().Jobs.PauseAsync(_job.Id, Ct));
        Assert.Equal(409, refused.Problem.Status);
        Assert.Single(_seen);
    }

    private Task<TestServer> StartAsync(int failures, int status = 503) => TestServer.StartAsync(new Script(), map: app => app.Map("/v1/jobs/{**rest}", async (HttpContext context) =>
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(Ct);
        _seen.Enqueue(($"{context.Request.Method} {context.Request.Path} {body}".TrimEnd(), context.Request.Headers["Idempotency-Key"].FirstOrDefault()));
        if (failures-- > 0)
        {
            context.Response.Headers.RetryAfter = "5";
            return Results.Json(new ProblemResponse("about:blank", "no", status, "no", "not now", null, null), ContractsJson.Options, "application/problem+json", status);
        }
        return context.Request.Method == "DELETE" ? Results.NoContent() : Results.Json(_job.Response, ContractsJson.Options);
    }).WithOrder(-1));
}
