using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class CancelTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelling_a_queued_job_ends_it_and_nobody_can_claim_it()
    {
        var id = await domain.AddJobAsync(Ct);

        Assert.Equal(VerbOutcome.Done, (await domain.Store.CancelAsync(id, Ct)).Outcome);

        Assert.Null(await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));
        await AssertCancelledAsync(id);
    }

    [Fact]
    public async Task Cancelling_a_running_job_marks_it_once_and_its_worker_sees_the_mark()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);

        for (var i = 0; i < 2; i++)
            Assert.Equal(VerbOutcome.Requested, (await domain.Store.CancelAsync(id, Ct)).Outcome);

        Assert.True((await domain.Store.RenewAsync(id, claim.Attempt, DomainFixture.Lease, Ct)).Requested == JobRequests.Cancel);
        var events = await domain.ReadEventsAsync(id, Ct);
        Assert.Equal(3, events.Count);
        Assert.Equal("cancel", events[^1].Data.Deserialize<StatusEvent>(ContractsJson.Options)!.Requested);
    }

    [Fact]
    public async Task Cancelling_a_finished_job_changes_nothing()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        await domain.Store.TryFinishAsync(id, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct);

        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.CancelAsync(id, Ct)).Outcome);

        Assert.Equal(JobStatus.Succeeded, (await domain.ReadJobAsync(id, Ct)).Status);
        Assert.Equal(3, (await domain.ReadEventsAsync(id, Ct)).Count);
    }

    [Fact]
    public async Task Cancelling_an_unknown_job_says_so() =>
        Assert.Equal(VerbOutcome.NotFound, (await domain.Store.CancelAsync(Guid.CreateVersion7(), Ct)).Outcome);

    [Fact]
    public async Task A_job_to_be_cancelled_that_is_handed_back_ends_as_cancelled()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        await domain.Store.CancelAsync(id, Ct);

        Assert.Equal(Settled.Cancelled, await domain.Store.TryHandBackAsync(id, claim.Attempt, new HandBack("the worker stops", CountAttempt: false), Ct));

        await AssertCancelledAsync(id);
    }

    [Fact]
    public async Task A_job_to_be_cancelled_whose_worker_is_lost_ends_as_cancelled()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);
        await domain.Store.CancelAsync(id, Ct);

        Assert.DoesNotContain(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));

        await AssertCancelledAsync(id);
    }

    [Fact]
    public async Task F36_a_cancellation_that_races_with_a_claim_and_an_end_leaves_one_final_state()
    {
        for (var round = 0; round < 40; round++)
        {
            var id = await domain.AddJobAsync(Ct);

            async Task<bool> RunAsync() =>
                await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct) is { } claim
                && await domain.Store.TryFinishAsync(id, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct);

            var running = RunAsync();
            var cancelling = Task.WhenAll(domain.Store.CancelAsync(id, Ct), domain.Store.CancelAsync(id, Ct));
            var succeeded = await running;
            var outcomes = await cancelling;

            var events = await domain.ReadEventsAsync(id, Ct);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
            Assert.Equal(EventTypes.Terminal, Assert.Single(events, e => e.Type == EventTypes.Terminal).Type);
            Assert.Equal(EventTypes.Terminal, events[^1].Type);
            Assert.Equal(succeeded ? JobStatus.Succeeded : JobStatus.Cancelled, (await domain.ReadJobAsync(id, Ct)).Status);
            Assert.Equal(!succeeded, outcomes.Any(outcome => outcome.Outcome == VerbOutcome.Done));
        }
    }

    private async Task AssertCancelledAsync(Guid id)
    {
        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobStatus.Cancelled, StopReason.UserRequest), (job.Status, job.StopReason));
        Assert.NotNull(job.EndedAt);
        var terminal = (await domain.ReadEventsAsync(id, Ct))[^1];
        Assert.Equal("cancelled", terminal.Data.Deserialize<TerminalEvent>(ContractsJson.Options)!.Status);
        Assert.Equal(VerbOutcome.NothingToDo, (await domain.Store.CancelAsync(id, Ct)).Outcome);
    }
}
