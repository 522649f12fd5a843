using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class AttemptTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_run_has_its_row_with_how_it_ended()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);
        await domain.SweepAsync(_long, Ct);
        await domain.ClaimAsync(id, Ct);
        Assert.True(await domain.Store.TryAppendAsync(id, 2, [DomainFixture.Log("resumed")], new JobUpdate(Resumed: new ResumePoint(3, 17)), Ct));
        var error = new JobError("crashed", "signal 9");
        Assert.Equal(Settled.Queued, await domain.Store.TryHandBackAsync(
            id, 2, new HandBack("the trainer died", CountAttempt: true, AttemptOutcome.Crashed, TimeSpan.Zero, 137, error), Ct));
        await domain.ClaimAsync(id, Ct);
        Assert.True(await domain.Store.TryFinishAsync(id, 3, JobStatus.Succeeded, StopReason.Completed, null, exitCode: 0, Ct));

        var attempts = (await domain.TryReadAsync(id, Ct))!.Value.Attempts;
        Assert.Equal(
            [(1, AttemptOutcome.Lost, null), (2, AttemptOutcome.Crashed, 137), (3, AttemptOutcome.Succeeded, (int?)0)],
            attempts.Select(attempt => (attempt.Attempt, attempt.Outcome!.Value, attempt.ExitCode)));
        Assert.Equal([true, false, false], attempts.Select(attempt => attempt.FencedAt is not null));
        Assert.Equal((3, 17L), (attempts[1].ResumedFromEpoch, attempts[1].ResumedFromStep));
        Assert.Equal(error, attempts[1].Error!.Deserialize<JobError>(ContractsJson.Options));
        Assert.All(attempts, attempt => Assert.True(attempt.EndedAt >= attempt.StartedAt && attempt.Owner == "worker"));
        // Nothing of an attempt that was fenced is younger than its fence.
        Assert.All((await domain.ReadEventsAsync(id, Ct)).Where(e => e.Attempt == 1), e => Assert.True(e.CreatedAt <= attempts[0].FencedAt));
    }

    [Fact]
    public async Task Pauses_between_attempts_grow_and_the_sweeper_ends_them()
    {
        var id = await domain.AddJobAsync(Ct);
        foreach (var seconds in new[] { 1_000, 5_000 })
        {
            var claim = await domain.ClaimAsync(id, Ct);
            Assert.Equal(Settled.Delayed, await domain.Store.TryHandBackAsync(
                id, claim.Attempt, new HandBack("the trainer died", CountAttempt: true, AttemptOutcome.Crashed), Ct));
            var job = await domain.ReadJobAsync(id, Ct);
            Assert.InRange((job.NotBefore!.Value - job.OfferedAt).TotalSeconds, seconds - 0.01, seconds + 0.01);
            Assert.Null(await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));
            Assert.DoesNotContain(id, await domain.SweepAsync(TimeSpan.Zero, Ct));

            await domain.PassTimeAsync(id, TimeSpan.FromSeconds(seconds + 1), Ct);

            Assert.Contains(id, await domain.SweepAsync(_long, Ct));
            Assert.Null((await domain.ReadJobAsync(id, Ct)).NotBefore);
        }
    }

    [Fact]
    public async Task F10_the_last_attempt_that_dies_fails_the_job_with_its_exit_code_and_what_it_said()
    {
        var id = await domain.AddJobAsync(Ct, maxAttempts: 1);
        await domain.ClaimAsync(id, Ct);
        var error = new JobError("crashed", "The trainer died with exit code 134.", "free(): invalid pointer");

        Assert.Equal(Settled.Failed, await domain.Store.TryHandBackAsync(
            id, 1, new HandBack("the trainer died", CountAttempt: true, AttemptOutcome.Crashed, ExitCode: 134, Error: error), Ct));

        var (job, attempts, _, _) = (await domain.TryReadAsync(id, Ct))!.Value;
        var told = job.Error!.Deserialize<JobError>(ContractsJson.Options)!;
        Assert.Equal((JobStatus.Failed, StopReason.Poison, "poison", 134), (job.Status, job.StopReason, told.Code, attempts[0].ExitCode));
        Assert.Contains(error.Message, told.Message, StringComparison.Ordinal);
        Assert.Equal(error.Hint, told.Hint);
    }

    [Fact]
    public async Task F23_a_job_whose_last_attempt_found_no_room_fails_for_that()
    {
        var id = await domain.AddJobAsync(Ct, maxAttempts: 1);
        await domain.ClaimAsync(id, Ct);

        Assert.Equal(Settled.Failed, await domain.Store.TryHandBackAsync(
            id, 1, new HandBack("no room", CountAttempt: true, AttemptOutcome.Crashed, AtLimit: StopReason.StorageFull), Ct));

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.StorageFull), (job.Status, job.StopReason));
    }

    [Fact]
    public async Task F02_the_last_attempt_that_hangs_fails_the_job_as_stalled()
    {
        var id = await domain.AddJobAsync(Ct, maxAttempts: 1);
        await domain.ClaimAsync(id, Ct);

        Assert.Equal(Settled.Failed, await domain.Store.TryHandBackAsync(id, 1, new HandBack("no progress", CountAttempt: true, AttemptOutcome.Stalled), Ct));

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Stalled), (job.Status, job.StopReason));
    }

    [Fact]
    public async Task Running_time_adds_up_over_attempts_and_a_lost_one_counts_to_its_last_sign_of_life()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);
        await domain.PassTimeAsync(id, TimeSpan.FromSeconds(30), Ct);
        await domain.Store.TryHandBackAsync(id, 1, new HandBack("the worker stops", CountAttempt: false), Ct);
        Assert.InRange((await domain.ReadJobAsync(id, Ct)).RunSeconds, 30, 60);

        var before = (await domain.ClaimAsync(id, Ct)).RunSeconds;
        await domain.PassTimeAsync(id, TimeSpan.FromSeconds(10_000), Ct);
        Assert.Contains(id, await domain.SweepAsync(_long, Ct));

        Assert.InRange(before, 30, 60);
        Assert.InRange((await domain.ReadJobAsync(id, Ct)).RunSeconds - before, 59, 61); // the lease's minute
    }

    [Fact]
    public async Task A_job_that_no_worker_takes_in_time_fails_and_one_that_was_taken_does_not()
    {
        var (untaken, taken) = (await domain.AddJobAsync(Ct, maxPending: 60), await domain.AddJobAsync(Ct, maxPending: 60));
        await domain.ClaimAsync(taken, Ct);
        await domain.Store.TryHandBackAsync(taken, 1, new HandBack("the worker stops", CountAttempt: false), Ct);
        foreach (var id in new[] { untaken, taken })
            await domain.PassTimeAsync(id, TimeSpan.FromSeconds(61), Ct);

        Assert.Null(await domain.Store.TryClaimAsync(untaken, "worker", DomainFixture.Lease, Ct));
        await domain.SweepAsync(_long, Ct);

        var job = await domain.ReadJobAsync(untaken, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.MaxPending), (job.Status, job.StopReason));
        Assert.Equal("max_pending", job.Error!.Deserialize<JobError>(ContractsJson.Options)!.Code);
        Assert.Equal(EventTypes.Terminal, (await domain.ReadEventsAsync(untaken, Ct))[^1].Type);
        Assert.Equal(2, (await domain.ClaimAsync(taken, Ct)).Attempt);
    }

    [Fact]
    public async Task F30_leases_go_by_the_databases_clock_whatever_a_workers_clock_says()
    {
        var id = await domain.AddJobAsync(Ct);
        var (ahead, behind) = (domain.StoreAt(TimeSpan.FromHours(1)), domain.StoreAt(TimeSpan.FromHours(-1)));

        Assert.NotNull(await behind.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));
        Assert.DoesNotContain(id, (await ahead.SweepAsync(TimeSpan.Zero, ["cpu"], Ct)).Select(offer => offer.JobId));
        Assert.True((await ahead.RenewAsync(id, 1, DomainFixture.Lease, Ct)).Held);
        Assert.DoesNotContain(id, (await ahead.SweepAsync(TimeSpan.Zero, ["cpu"], Ct)).Select(offer => offer.JobId));
        Assert.Null(await ahead.TryClaimAsync(id, "thief", DomainFixture.Lease, Ct));

        await domain.PassTimeAsync(id, DomainFixture.Lease + TimeSpan.FromSeconds(1), Ct);
        Assert.Contains(id, (await behind.SweepAsync(TimeSpan.FromHours(1), ["cpu"], Ct)).Select(offer => offer.JobId));
        Assert.Equal(Settled.Delayed, await behind.TryHandBackAsync(
            id, (await behind.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct))!.Attempt, new HandBack("died", CountAttempt: true, AttemptOutcome.Crashed), Ct));
        Assert.Null(await ahead.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct));
    }
}
