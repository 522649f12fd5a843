using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Tests.Jobs;

/// <summary>Every write is committed, its answer is lost on the way, and it is made again: one effect, and the answer that was lost.</summary>
public sealed class LostAnswerTests(DomainFixture domain) : IClassFixture<DomainFixture>, IAsyncLifetime
{
    private AnswerLosingProxy _proxy = null!;
    private NpgsqlDataSource _database = null!;
    private JobStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _proxy = new AnswerLosingProxy(domain.ConnectionString);
        _database = NpgsqlDataSource.Create(_proxy.ConnectionString);
        _store = new JobStore(_database, domain.Heartbeats, domain.Bell, Options.Create(DomainFixture.JobOptions), TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task F20_a_whole_run_whose_answers_are_all_lost_once_leaves_what_a_calm_run_leaves()
    {
        var id = await domain.AddJobAsync(Ct);
        var claimId = Guid.CreateVersion7();
        var claim = await TwiceAsync(() => _store.TryClaimAsync(id, claimId, "worker", DomainFixture.Lease, Ct));
        Assert.Equal(1, claim!.Attempt);
        var write = Guid.CreateVersion7();
        Assert.True(await TwiceAsync(() => _store.TryAppendAsync(id, 1, write, [DomainFixture.Log("epoch")], new JobUpdate(Epoch: 1), Ct)));
        Assert.True(await TwiceAsync(() => _store.TryAddCheckpointAsync(id, 1, DomainFixture.Checkpoint(id, 1, 1, true, new string('c', 64)), 2, 1, Ct)));
        Assert.True(await TwiceAsync(() => _store.TryAddArtifactAsync(id, 1, DomainFixture.Artifact(id, "model", new string('a', 64)), Ct)));
        Assert.True(await TwiceAsync(() => _store.TryFinishAsync(id, 1, JobStatus.Succeeded, StopReason.Completed, null, Ct)));

        Assert.Equal(
            [EventTypes.Status, EventTypes.Status, EventTypes.Log, EventTypes.Checkpoint, EventTypes.Artifact, EventTypes.Terminal],
            (await domain.ReadEventsAsync(id, Ct)).Select(e => e.Type));
        Assert.Equal((6, 1, 1, 1), await domain.CountRowsAsync(id, Ct));
    }

    public static TheoryData<string, Settled> HandBacks => new() { { "none", Settled.Queued }, { "delay", Settled.Delayed }, { JobRequests.Pause, Settled.Paused }, { JobRequests.Cancel, Settled.Cancelled }, { "spent", Settled.Failed } };

    [Theory]
    [MemberData(nameof(HandBacks))]
    public async Task F20_a_job_that_is_given_back_twice_is_given_back_once(string what, Settled expected)
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);
        if (what == "spent")
            await domain.ExecuteAsync($"UPDATE jobs SET max_attempts = 1 WHERE id = '{id}'", Ct);
        if (what == JobRequests.Pause)
            await domain.Store.PauseAsync(id, Ct);
        if (what == JobRequests.Cancel)
            await domain.Store.CancelAsync(id, Ct);
        var before = (await domain.ReadEventsAsync(id, Ct)).Count;
        var handBack = new HandBack(
            "the trainer died", CountAttempt: what is "spent" or "delay", AttemptOutcome.Crashed, what == "delay" ? null : TimeSpan.Zero, 139);

        // It looks at the row first; the second request is the write.
        Assert.Equal(expected, await TwiceAsync(() => _store.TryHandBackAsync(id, 1, handBack, Ct), losing: 2));

        Assert.Equal(before + 1, (await domain.ReadEventsAsync(id, Ct)).Count);
        var attempt = Assert.Single((await domain.TryReadAsync(id, Ct))!.Value.Attempts);
        Assert.Equal((1, AttemptOutcome.Crashed, 139), (attempt.Attempt, attempt.Outcome, attempt.ExitCode));
    }

    [Fact]
    public async Task F20_a_claim_whose_answer_was_lost_is_not_somebody_elses()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.Store.TryClaimAsync(id, Guid.CreateVersion7(), "worker", DomainFixture.Lease, Ct);

        Assert.NotNull(claim);
        Assert.Null(await domain.Store.TryClaimAsync(id, Guid.CreateVersion7(), "worker", DomainFixture.Lease, Ct));
    }

    [Fact]
    public async Task F20_a_submission_with_a_key_makes_one_job_however_often_it_comes()
    {
        var key = new IdempotencyKey(Guid.NewGuid().ToString(), new string('1', 64));

        var repeated = await TwiceAsync(() => _store.AddAsync(DomainFixture.Example.Value, null, key, Ct));

        Assert.Equal(AddOutcome.Repeated, repeated.Outcome);
        Assert.Single(await domain.ReadEventsAsync(repeated.JobId, Ct));
        Assert.Equal(
            new AddResult(AddOutcome.KeyReused, repeated.JobId),
            await domain.Store.AddAsync(DomainFixture.Example.Value, null, key with { BodySha256 = new string('2', 64) }, Ct));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => domain.Store.AddAsync(DomainFixture.Example.Value, null, key, Ct)));
        Assert.All(all, added => Assert.Equal((AddOutcome.Repeated, repeated.JobId), (added.Outcome, added.JobId)));
    }

    [Fact]
    public async Task F20_verbs_that_are_repeated_say_so_and_do_nothing_more()
    {
        var id = await domain.AddJobAsync(Ct);

        // Each first looks and then writes.
        Assert.Equal(VerbOutcome.NothingToDo, (await TwiceAsync(() => _store.PauseAsync(id, Ct), losing: 2)).Outcome);
        Assert.Equal(VerbOutcome.NothingToDo, (await TwiceAsync(() => _store.ResumeAsync(id, Ct), losing: 2)).Outcome);
        Assert.Equal(VerbOutcome.NothingToDo, (await TwiceAsync(() => _store.CancelAsync(id, Ct), losing: 2)).Outcome);
        Assert.Equal(4, (await domain.ReadEventsAsync(id, Ct)).Count);
        Assert.Equal(VerbOutcome.NothingToDo, (await TwiceAsync(() => _store.DeleteAsync(id, Ct))).Outcome);
    }

    [Fact]
    public async Task F20_a_sweep_whose_answer_is_lost_is_made_up_for_by_a_later_one()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);

        await TwiceAsync(() => _store.SweepAsync(TimeSpan.FromHours(1), ["cpu"], Ct), losing: 3);

        Assert.Equal(JobStatus.Queued, (await domain.ReadJobAsync(id, Ct)).Status);
        Assert.Equal(3, (await domain.ReadEventsAsync(id, Ct)).Count);
        await domain.PassTimeAsync(id, TimeSpan.FromHours(2), Ct);
        Assert.Contains(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));
    }

    /// <summary>Calls, loses the answer of the n-th request, and calls again.</summary>
    private async Task<T> TwiceAsync<T>(Func<Task<T>> call, int losing = 1)
    {
        await using (var warm = _database.CreateCommand("SELECT 1"))
            await warm.ExecuteNonQueryAsync(Ct);
        var lost = _proxy.Lost;
        _proxy.LoseAfter(losing);
        await Assert.ThrowsAnyAsync<NpgsqlException>(call);
        Assert.Equal(lost + 1, _proxy.Lost);
        return await call();
    }
}
