using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>Every verb at every status: what it makes of the job, that doing it again changes nothing, and the refusals.</summary>
public sealed class JobVerbsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queued_job_is_paused_at_once_and_goes_before_the_others_when_it_is_resumed()
    {
        var first = await SubmitAsync("resumed");
        await SubmitAsync("resumed");
        await SubmitAsync("resumed");

        var paused = await AskAsync(first, "pause");
        Assert.Equal((JobStatus.Paused, null, false, null), (paused.Status, paused.Requested, paused.IsTerminal, paused.QueuePosition));
        Assert.NotNull(paused.PausedAt);
        Assert.Equal(paused.LastSeq, (await AskAsync(first, "pause")).LastSeq);
        Assert.Null(await service.Store.TryClaimAsync(first, "worker", TimeSpan.FromMinutes(1), Ct));

        var resumed = await AskAsync(first, "resume");
        Assert.Equal((JobStatus.Queued, null, 1L, 0), (resumed.Status, resumed.PausedAt, resumed.QueuePosition, resumed.Attempt));
        Assert.Equal(resumed.LastSeq, (await AskAsync(first, "resume")).LastSeq);
        Assert.NotNull(await service.Store.TryClaimAsync(first, "worker", TimeSpan.FromMinutes(1), Ct));
    }

    [Fact]
    public async Task A_running_job_is_marked_for_its_worker_and_a_wish_to_pause_can_be_taken_back()
    {
        var run = await service.StartAsync();

        var asked = await AskAsync(run.Id, "pause");
        Assert.Equal((JobStatus.Running, "pause"), (asked.Status, asked.Requested));
        Assert.NotNull(asked.RequestedAt);
        Assert.Equal(asked.LastSeq, (await AskAsync(run.Id, "pause")).LastSeq);

        var back = await AskAsync(run.Id, "resume");
        Assert.Equal((JobStatus.Running, null, null), (back.Status, back.Requested, back.RequestedAt));

        await AskAsync(run.Id, "pause");
        Assert.Equal(Settled.Paused, await service.Store.TryPauseAsync(run.Id, run.Attempt, Ct));
        Assert.Equal(JobStatus.Paused, (await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}")).Status);
        Assert.Equal("cancelled", await StatusAfterAsync(run.Id, "cancel"));
    }

    [Fact]
    public async Task Cancel_beats_pause()
    {
        var run = await service.StartAsync();
        await AskAsync(run.Id, "pause");

        Assert.Equal("cancel", (await AskAsync(run.Id, "cancel")).Requested);

        foreach (var verb in new[] { "pause", "resume" })
        {
            var problem = await RefusedAsync(run.Id, verb);
            Assert.Contains("it is running, and cancel is requested", problem.Detail, StringComparison.Ordinal);
        }
        Assert.Equal(Settled.Cancelled, await service.Store.TryPauseAsync(run.Id, run.Attempt, Ct));
    }

    [Theory]
    [InlineData("pause", "queued, running or paused")]
    [InlineData("resume", "paused, queued or running")]
    public async Task What_has_ended_stays_ended_and_the_refusal_says_what_was_expected_and_what_it_is(string verb, string expected)
    {
        var run = await service.StartAsync();
        await run.FinishAsync();
        var before = await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}");

        var problem = await RefusedAsync(run.Id, verb);

        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.Contains("it is succeeded", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(before.LastSeq, (await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}")).LastSeq);
    }

    [Fact]
    public async Task An_ended_job_is_archived_out_of_the_lists_and_back()
    {
        var run = await service.ClaimAsync(await service.AddAsync("shelf"));
        Assert.Contains("expected a job that has succeeded, failed or was cancelled", (await RefusedAsync(run.Id, "archive")).Detail, StringComparison.Ordinal);
        await run.FinishAsync();

        var archived = await AskAsync(run.Id, "archive");
        Assert.NotNull(archived.ArchivedAt);
        Assert.Equal(archived.ArchivedAt, (await AskAsync(run.Id, "archive")).ArchivedAt);
        Assert.Empty((await service.GetAsync<Page<JobResponse>>("/v1/jobs?tag=shelf")).Items);
        Assert.Equal(run.Id, Assert.Single((await service.GetAsync<Page<JobResponse>>("/v1/jobs?tag=shelf&archived=true")).Items).Id);
        Assert.Equal(JobStatus.Succeeded, (await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}")).Status);

        Assert.Null((await AskAsync(run.Id, "unarchive")).ArchivedAt);
        Assert.Null((await AskAsync(run.Id, "unarchive")).ArchivedAt);
        Assert.Equal(run.Id, Assert.Single((await service.GetAsync<Page<JobResponse>>("/v1/jobs?tag=shelf&archived=false")).Items).Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_job_is_gone_with_all_that_it_had_and_its_worker_can_write_nothing_more(bool isRunning)
    {
        var run = await service.StartAsync();
        await run.EpochAsync(1, 0.5);
        await run.StoreAsync("model.safetensors", [1, 2, 3]);
        if (!isRunning)
            await run.FinishAsync();

        for (var time = 1; time <= 2; time++)
            Assert.Equal(HttpStatusCode.NoContent, (await service.Http.DeleteAsync($"/v1/jobs/{run.Id}", Ct)).StatusCode);

        foreach (var path in new[] { "", "/events", "/metrics", "/artifacts", "/artifacts/model.safetensors", "/attempts", "/transitions", "/checkpoints" })
            await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/jobs/{run.Id}{path}", Ct), HttpStatusCode.NotFound);
        foreach (var verb in new[] { "cancel", "pause", "resume", "archive", "unarchive" })
            await ServiceFixture.ProblemAsync(await service.PostAsync($"/v1/jobs/{run.Id}/{verb}", null), HttpStatusCode.NotFound);
        Assert.False((await service.Store.RenewAsync(run.Id, run.Attempt, TimeSpan.FromMinutes(1), Ct)).Held);
        Assert.False(await service.Store.TryFinishAsync(run.Id, run.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct));
    }

    [Fact]
    public async Task Deleting_what_never_was_is_a_404() => await ServiceFixture.ProblemAsync(
        await service.Http.DeleteAsync($"/v1/jobs/{Guid.CreateVersion7()}", Ct), HttpStatusCode.NotFound);

    private async Task<Guid> SubmitAsync(string queue) => (await ServiceFixture.ReadAsync<JobResponse>(
        await service.PostAsync("/v1/jobs", ServiceFixture.Job(("/queue", queue))), HttpStatusCode.Created)).Id;

    private async Task<JobResponse> AskAsync(Guid id, string verb) =>
        await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync($"/v1/jobs/{id}/{verb}", null), HttpStatusCode.OK);

    private async Task<string> StatusAfterAsync(Guid id, string verb) => (await AskAsync(id, verb)).Status.ToString().ToLowerInvariant();

    private async Task<ProblemResponse> RefusedAsync(Guid id, string verb)
    {
        var problem = await ServiceFixture.ProblemAsync(await service.PostAsync($"/v1/jobs/{id}/{verb}", null), HttpStatusCode.Conflict);
        Assert.Equal("conflict", problem.Code);
        return problem;
    }
}
