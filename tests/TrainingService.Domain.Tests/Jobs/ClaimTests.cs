using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class ClaimTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_job_is_queued_with_one_event_and_everything_that_was_asked_for()
    {
        var id = await domain.AddJobAsync(Ct);

        var job = await domain.ReadJobAsync(id, Ct);
        var example = DomainFixture.ReadExample();
        Assert.Equal((JobStatus.Queued, 0, 0, 1L), (job.Status, job.Attempt, job.Epoch, job.LastSeq));
        Assert.Equal(example.Spec.Name, job.Name);
        Assert.Equal(example.Spec.Fit!.Epochs, job.Epochs);
        Assert.Equal(example.Spec.Tags ?? [], job.Tags);
        var queued = Assert.Single(await domain.ReadEventsAsync(id, Ct));
        Assert.Equal((1L, 0, EventTypes.Status), (queued.Seq, queued.Attempt, queued.Type));
        Assert.Equal("queued", queued.Data.Deserialize<StatusEvent>(ContractsJson.Options)!.Status);
    }

    [Fact]
    public async Task X3_of_many_claimers_one_wins()
    {
        var id = await domain.AddJobAsync(Ct);

        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => domain.Store.TryClaimAsync(id, $"worker-{i}", DomainFixture.Lease, Ct)));

        var claim = Assert.Single(claims, claim => claim is not null)!;
        Assert.Equal(1, claim.Attempt);
        Assert.Equal((await domain.ReadJobAsync(id, Ct)).LeaseOwner, $"worker-{Array.IndexOf(claims, claim)}");
        Assert.Equal(2, (await domain.ReadEventsAsync(id, Ct)).Count);
    }

    [Fact]
    public async Task A_claim_carries_the_spec_that_was_submitted()
    {
        var claim = await domain.ClaimAsync(await domain.AddJobAsync(Ct), Ct);

        Assert.Equal(
            JsonSerializer.Serialize(DomainFixture.ReadExample().Spec with { Seed = null }, ContractsJson.Options),
            JsonSerializer.Serialize(claim.Spec with { Seed = null }, ContractsJson.Options));
    }

    [Fact]
    public async Task A_job_that_does_not_exist_cannot_be_claimed() =>
        Assert.Null(await domain.Store.TryClaimAsync(Guid.CreateVersion7(), "worker", DomainFixture.Lease, Ct));

    [Fact]
    public async Task X1_attempts_are_counted_by_the_claim_and_the_claim_after_the_last_writes_poison()
    {
        var id = await domain.AddJobAsync(Ct);
        for (var attempt = 1; attempt <= DomainFixture.MaxAttempts; attempt++)
        {
            Assert.Equal(attempt, (await domain.ClaimAsync(id, Ct, DomainFixture.NoLease)).Attempt);
            Assert.Contains(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));
        }

        Assert.Null(await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Poison), (job.Status, job.StopReason));
        var error = job.Error!.Deserialize<JobError>(ContractsJson.Options)!;
        Assert.Equal("poison", error.Code);
        Assert.Contains("3 times", error.Message, StringComparison.Ordinal);
        var last = (await domain.ReadEventsAsync(id, Ct))[^1];
        Assert.Equal(EventTypes.Terminal, last.Type);
        Assert.Equal(error, last.Data.Deserialize<TerminalEvent>(ContractsJson.Options)!.Error);
    }

    [Fact]
    public async Task F10_the_poison_error_tells_what_ended_the_last_attempt()
    {
        var id = await domain.AddJobAsync(Ct);
        for (var attempt = 1; attempt <= DomainFixture.MaxAttempts; attempt++)
        {
            await domain.ClaimAsync(id, Ct);
            Assert.Equal(attempt < DomainFixture.MaxAttempts ? Settled.Queued : Settled.Failed, await domain.Store.TryHandBackAsync(
                id, attempt, new HandBack(
                    "the trainer died", CountAttempt: true, AttemptOutcome.Crashed, TimeSpan.Zero, 134,
                    new JobError("internal_error", $"exit code 134 in attempt {attempt}")), Ct));
        }

        Assert.Null(await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));

        var error = (await domain.ReadJobAsync(id, Ct)).Error!.Deserialize<JobError>(ContractsJson.Options)!;
        Assert.Contains("exit code 134 in attempt 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F05_an_attempt_that_was_handed_back_in_good_order_is_not_counted_and_its_number_does_not_come_again()
    {
        var id = await domain.AddJobAsync(Ct);
        for (var attempt = 1; attempt <= 2 * DomainFixture.MaxAttempts; attempt++)
        {
            Assert.Equal(attempt, (await domain.ClaimAsync(id, Ct)).Attempt);
            Assert.Equal(Settled.Queued, await domain.Store.TryHandBackAsync(id, attempt, new HandBack("the worker stops", CountAttempt: false), Ct));
        }

        Assert.Equal(JobStatus.Queued, (await domain.ReadJobAsync(id, Ct)).Status);
    }
}
