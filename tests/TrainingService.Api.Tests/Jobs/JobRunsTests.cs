using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>How a job fared, told from its rows.</summary>
public sealed class JobRunsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_say_who_ran_the_job_and_how_each_ended()
    {
        var id = await service.AddAsync();
        Assert.Empty(await service.GetAsync<IReadOnlyList<AttemptResponse>>($"/v1/jobs/{id}/attempts"));
        var first = await service.ClaimAsync(id);
        Assert.Equal(Settled.Queued, await service.Store.TryHandBackAsync(id, first.Attempt, new HandBack(
            "the trainer died", CountAttempt: true, AttemptOutcome.Crashed, TimeSpan.Zero, 139, new JobError("worker_lost", "exit code 139")), Ct));
        var second = await service.ClaimAsync(id);
        await second.FinishAsync();

        var attempts = await service.GetAsync<IReadOnlyList<AttemptResponse>>($"/v1/jobs/{id}/attempts");

        Assert.Equal([(1, AttemptOutcome.Crashed, 139, "exit code 139"), (2, AttemptOutcome.Succeeded, null, null)],
            attempts.Select(attempt => (attempt.Attempt, attempt.Outcome!.Value, attempt.ExitCode, attempt.Error?.Message)));
        Assert.All(attempts, attempt => Assert.Equal(("test", true), (attempt.Owner, attempt.EndedAt >= attempt.StartedAt)));
    }

    [Fact]
    public async Task Transitions_say_who_why_and_when_and_agree_with_the_events()
    {
        var run = await service.StartAsync();
        await service.PostAsync($"/v1/jobs/{run.Id}/pause", null);
        await service.Store.TryPauseAsync(run.Id, run.Attempt, Ct);
        await service.PostAsync($"/v1/jobs/{run.Id}/resume", null);
        await (await service.ClaimAsync(run.Id)).FinishAsync();

        var changes = await service.GetAsync<IReadOnlyList<TransitionResponse>>($"/v1/jobs/{run.Id}/transitions");

        Assert.Equal(
            [("queued", null, null), ("running", null, "test"), ("running", "pause", "test"), ("paused", null, "test"), ("queued", null, "test"), ("running", null, "test"), ("succeeded", null, "test")],
            changes.Select(change => (change.Status, change.Requested, change.Worker)));
        Assert.Equal("accepted", changes[0].Reason);
        Assert.Equal("completed", changes[^1].Reason);
        Assert.All(changes, change => Assert.False(string.IsNullOrEmpty(change.Reason)));
        var events = (await service.GetAsync<Page<JobEvent>>($"/v1/jobs/{run.Id}/events")).Items;
        Assert.Equal(events.Select(e => (e.Seq, e.CreatedAt)), changes.Select(change => ((long?)change.Seq, change.CreatedAt)));
    }

    [Fact]
    public async Task Checkpoints_are_listed_newest_first_with_what_they_are_kept_for()
    {
        var run = await service.StartAsync();
        Assert.Empty(await service.GetAsync<IReadOnlyList<CheckpointResponse>>($"/v1/jobs/{run.Id}/checkpoints"));
        await run.CheckpointAsync(number: 1, epoch: 1, best: true);
        await run.CheckpointAsync(number: 2, epoch: 2);
        await run.CheckpointAsync(number: 3, epoch: 2, step: 40);

        var checkpoints = await service.GetAsync<IReadOnlyList<CheckpointResponse>>($"/v1/jobs/{run.Id}/checkpoints");

        Assert.Equal([(3L, 2, 40L, true, false), (2L, 2, 0L, false, false), (1L, 1, 0L, false, true)],
            checkpoints.Select(checkpoint => (checkpoint.Number, checkpoint.Epoch, checkpoint.Step, checkpoint.IsLatest, checkpoint.IsBest)));
        Assert.All(checkpoints, checkpoint => Assert.Matches("^[0-9a-f]{64}$", checkpoint.Sha256));
        Assert.Equal(new CheckpointPosition(3, 2, 40), (await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}")).Checkpoint);
    }
}
