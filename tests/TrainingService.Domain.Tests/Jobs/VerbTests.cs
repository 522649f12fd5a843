using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class VerbTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queued_job_is_paused_at_once_and_resumed_before_the_new_ones()
    {
        var id = await domain.AddJobAsync(Ct);

        Assert.Equal(new VerbResult(VerbOutcome.Done, JobStatus.Paused), await domain.Store.PauseAsync(id, Ct));
        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.PauseAsync(id, Ct)).Outcome);
        Assert.Null(await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));
        Assert.NotNull((await domain.ReadJobAsync(id, Ct)).PausedAt);

        Assert.Equal(
            new VerbResult(VerbOutcome.Done, JobStatus.Queued, Offer: new Offer(id, TrainingQueue.Cpu, QueueLane.Again)), await domain.Store.ResumeAsync(id, Ct));
        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.ResumeAsync(id, Ct)).Outcome);
        Assert.Equal(1, (await domain.ClaimAsync(id, Ct)).Attempt);
        Assert.Equal(["queued", "paused", "queued", "running"], await StatusesAsync(id));
    }

    [Fact]
    public async Task A_running_job_is_paused_by_its_worker_and_the_attempt_does_not_count()
    {
        var id = await domain.AddJobAsync(Ct);
        for (var attempt = 1; attempt <= 2 * DomainFixture.MaxAttempts; attempt++)
        {
            await domain.ClaimAsync(id, Ct);
            for (var i = 0; i < 2; i++)
                Assert.Equal(new VerbResult(VerbOutcome.Requested, JobStatus.Running, JobRequests.Pause), await domain.Store.PauseAsync(id, Ct));
            Assert.Equal(new LeaseState(Held: true, JobRequests.Pause), await domain.Store.RenewAsync(id, attempt, DomainFixture.Lease, Ct));
            Assert.NotNull((await domain.ReadJobAsync(id, Ct)).RequestedAt);

            Assert.Equal(Settled.Paused, await domain.Store.TryPauseAsync(id, attempt, Ct));

            var job = await domain.ReadJobAsync(id, Ct);
            Assert.Equal((JobStatus.Paused, null, null, null), (job.Status, job.Requested, job.RequestedAt, job.LeaseOwner));
            Assert.Equal(VerbOutcome.Done, (await domain.Store.ResumeAsync(id, Ct)).Outcome);
        }
        Assert.All((await domain.TryReadAsync(id, Ct))!.Value.Attempts, attempt => Assert.Equal(AttemptOutcome.Paused, attempt.Outcome));
    }

    [Fact]
    public async Task A_wish_that_was_taken_back_while_the_trainer_stopped_queues_the_job_again()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        await domain.Store.PauseAsync(id, Ct);
        Assert.Equal(new VerbResult(VerbOutcome.Done, JobStatus.Running), await domain.Store.ResumeAsync(id, Ct));

        Assert.Equal(Settled.Queued, await domain.Store.TryPauseAsync(id, claim.Attempt, Ct));

        Assert.Equal((JobStatus.Queued, 1), ((await domain.ReadJobAsync(id, Ct)).Status, (await domain.ReadJobAsync(id, Ct)).UncountedAttempts));
    }

    [Fact]
    public async Task To_cancel_goes_before_to_pause()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        await domain.Store.PauseAsync(id, Ct);
        Assert.Equal(VerbOutcome.Requested, (await domain.Store.CancelAsync(id, Ct)).Outcome);

        Assert.Equal(new VerbResult(VerbOutcome.Conflict, JobStatus.Running, JobRequests.Cancel), await domain.Store.PauseAsync(id, Ct));
        Assert.Equal(VerbOutcome.Conflict, (await domain.Store.ResumeAsync(id, Ct)).Outcome);
        Assert.Equal(Settled.Cancelled, await domain.Store.TryPauseAsync(id, claim.Attempt, Ct));
    }

    [Theory]
    [InlineData(JobRequests.Pause, JobStatus.Paused)]
    [InlineData(JobRequests.Cancel, JobStatus.Cancelled)]
    public async Task What_was_asked_of_a_lost_worker_happens_without_it(string request, JobStatus expected)
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);
        await (request == JobRequests.Pause ? domain.Store.PauseAsync(id, Ct) : domain.Store.CancelAsync(id, Ct));

        Assert.DoesNotContain(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));

        var (job, attempts, _, _) = (await domain.TryReadAsync(id, Ct))!.Value;
        Assert.Equal((expected, null), (job.Status, job.Requested));
        Assert.Equal((AttemptOutcome.Lost, true), (Assert.Single(attempts).Outcome, attempts[0].FencedAt is not null));
    }

    [Fact]
    public async Task A_job_that_has_ended_can_be_archived_and_nothing_else()
    {
        var id = await domain.AddJobAsync(Ct);
        Assert.Equal(new VerbResult(VerbOutcome.Conflict, JobStatus.Queued), await domain.Store.ArchiveAsync(id, Ct));
        await domain.Store.CancelAsync(id, Ct);

        Assert.Equal(new VerbResult(VerbOutcome.Conflict, JobStatus.Cancelled), await domain.Store.PauseAsync(id, Ct));
        Assert.Equal(new VerbResult(VerbOutcome.Conflict, JobStatus.Cancelled), await domain.Store.ResumeAsync(id, Ct));
        Assert.Equal(VerbOutcome.Done, (await domain.Store.ArchiveAsync(id, Ct)).Outcome);
        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.ArchiveAsync(id, Ct)).Outcome);
        Assert.NotNull((await domain.ReadJobAsync(id, Ct)).ArchivedAt);
        Assert.Equal(VerbOutcome.Done, (await domain.Store.UnarchiveAsync(id, Ct)).Outcome);
        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.UnarchiveAsync(id, Ct)).Outcome);
        Assert.Null((await domain.ReadJobAsync(id, Ct)).ArchivedAt);
    }

    [Fact]
    public async Task A_deleted_job_is_gone_with_all_that_hung_on_it_and_its_worker_writes_nothing_more()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        Assert.True(await domain.Store.TryAddArtifactAsync(id, claim.Attempt, DomainFixture.Artifact(id, "model", new string('a', 64)), Ct));
        Assert.True(await domain.Store.TryAddCheckpointAsync(id, claim.Attempt, DomainFixture.Checkpoint(id, 1, 1, true, new string('b', 64)), 2, 1, Ct));

        Assert.Equal(VerbOutcome.Done, (await domain.Store.DeleteAsync(id, Ct)).Outcome);

        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.DeleteAsync(id, Ct)).Outcome);
        Assert.Equal(VerbOutcome.NotFound, (await domain.Store.CancelAsync(id, Ct)).Outcome);
        Assert.False((await domain.Store.RenewAsync(id, claim.Attempt, DomainFixture.Lease, Ct)).Held);
        Assert.False(await domain.Store.TryAppendAsync(id, claim.Attempt, [DomainFixture.Log("late")], null, Ct));
        Assert.False(await domain.Store.TryFinishAsync(id, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct));
        Assert.Equal(Settled.Lost, await domain.Store.TryPauseAsync(id, claim.Attempt, Ct));
        Assert.Equal((0, 0, 0, 0), await domain.CountRowsAsync(id, Ct));
        Assert.Equal(VerbOutcome.NotFound, (await domain.Store.DeleteAsync(Guid.CreateVersion7(), Ct)).Outcome);
    }

    private async Task<IEnumerable<string?>> StatusesAsync(Guid id) =>
        (await domain.ReadEventsAsync(id, Ct)).Where(e => e.Type == EventTypes.Status).Select(e => e.Data.GetProperty("status").GetString());
}
