using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class CheckpointTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 1, "T F T F F", "5 4 3")]
    [InlineData(1, 0, "T T T", "3")]
    [InlineData(1, 2, "T T F F", "4 2 1")]
    [InlineData(3, 1, "T F", "2 1")]
    [InlineData(2, 1, "F F T T", "4 3")]
    public async Task The_latest_and_the_best_are_kept(int latest, int best, string isBest, string kept)
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        foreach (var (index, flag) in isBest.Split(' ').Index())
            Assert.True(await domain.Store.TryAddCheckpointAsync(
                id, claim.Attempt, DomainFixture.Checkpoint(id, index + 1, index + 1, flag == "T", Digest(index)), latest, best, Ct));

        Assert.Equal(kept, string.Join(' ', (await domain.Store.ReadCheckpointsAsync(id, Ct)).Select(checkpoint => checkpoint.Number)));
        Assert.Equal(isBest.Split(' ').Length, (await domain.ReadEventsAsync(id, Ct)).Count(e => e.Type == EventTypes.Checkpoint));
    }

    [Fact]
    public async Task The_next_claim_gets_the_checkpoints_newest_first_and_stands_where_the_latest_does()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);
        Assert.Empty(claim.Checkpoints!);
        await domain.Store.TryAppendAsync(id, 1, [], new JobUpdate(Epoch: 3, Metrics: new Dictionary<string, double?> { ["loss"] = 0.5 }), Ct);
        for (var number = 1; number <= 2; number++)
            Assert.True(await domain.Store.TryAddCheckpointAsync(id, 1, DomainFixture.Checkpoint(id, number, number, true, Digest(number)), 2, 1, Ct));
        await domain.SweepAsync(TimeSpan.FromHours(1), Ct);

        var next = await domain.ClaimAsync(id, Ct);

        Assert.Equal([2L, 1L], next.Checkpoints!.Select(checkpoint => checkpoint.Number));
        Assert.All(next.Checkpoints!, checkpoint => Assert.False(checkpoint.IsParents));
        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((2, 2L, 2, 0L), (job.Epoch, job.CheckpointNumber, job.CheckpointEpoch, job.CheckpointStep));
        Assert.NotNull(job.Metrics);
        // The worker that was lost adds none.
        Assert.False(await domain.Store.TryAddCheckpointAsync(id, 1, DomainFixture.Checkpoint(id, 3, 3, true, Digest(3)), 2, 1, Ct));
    }

    [Fact]
    public async Task A_continued_job_gets_its_parents_checkpoints_and_keeps_them_when_the_parent_goes()
    {
        var parent = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(parent, Ct);
        Assert.Equal(AddOutcome.NoCheckpoint, (await ContinueAsync(parent)).Outcome);
        for (var number = 1; number <= 3; number++)
            await domain.Store.TryAddCheckpointAsync(parent, claim.Attempt, DomainFixture.Checkpoint(parent, number, number, number == 1, Digest(number)), 2, 1, Ct);
        await domain.Store.TryFinishAsync(parent, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct);

        var child = await ContinueAsync(parent);
        await domain.Store.DeleteAsync(parent, Ct);

        Assert.Equal((AddOutcome.Created, child.JobId), (child.Outcome, child.Offer!.JobId));
        var next = await domain.ClaimAsync(child.JobId, Ct);
        Assert.Equal([3L, 2L, 1L], next.Checkpoints!.Select(checkpoint => checkpoint.Number));
        Assert.All(next.Checkpoints!, checkpoint => Assert.True(checkpoint.IsParents && !checkpoint.IsBest));
        var job = await domain.ReadJobAsync(child.JobId, Ct);
        Assert.Equal((parent, ParentRelation.Continue, 3, 3L), (job.ParentId, job.ParentRelation, job.Epoch, job.CheckpointNumber));
        // Its own take their place.
        for (var number = 4; number <= 5; number++)
            await domain.Store.TryAddCheckpointAsync(child.JobId, 1, DomainFixture.Checkpoint(child.JobId, number, number, true, Digest(number)), 2, 1, Ct);
        Assert.Equal([5L, 4L], (await domain.Store.ReadCheckpointsAsync(child.JobId, Ct)).Select(checkpoint => checkpoint.Number));
        Assert.Equal(AddOutcome.NoCheckpoint, (await ContinueAsync(parent)).Outcome);
    }

    private Task<AddResult> ContinueAsync(Guid parent) =>
        domain.Store.AddAsync(DomainFixture.Example.Value, new JobOrigin(parent, ParentRelation.Continue), null, Ct);

    private static string Digest(int number) => new((char)('0' + number), 64);
}
