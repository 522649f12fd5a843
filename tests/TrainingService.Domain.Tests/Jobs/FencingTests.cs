using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class FencingTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F04_a_worker_that_lost_its_lease_writes_nothing()
    {
        var id = await domain.AddJobAsync(Ct);
        var old = await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);
        Assert.Contains(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));
        await AssertFencedAsync(id, old.Attempt, JobStatus.Queued);

        var successor = await domain.ClaimAsync(id, Ct);
        await AssertFencedAsync(id, old.Attempt, JobStatus.Running);

        Assert.True(await domain.Store.TryFinishAsync(id, successor.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct));
        await AssertFencedAsync(id, successor.Attempt, JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_lease_is_renewed_by_its_holder_only()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);

        Assert.Equal(new LeaseState(Held: true), await domain.Store.RenewAsync(id, claim.Attempt, DomainFixture.Lease, Ct));
        Assert.DoesNotContain(id, await domain.SweepAsync(TimeSpan.FromHours(1), Ct));
        Assert.Equal(new LeaseState(Held: false), await domain.Store.RenewAsync(id, claim.Attempt + 1, DomainFixture.Lease, Ct));
    }

    [Fact]
    public async Task A_job_ends_once()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);

        var ended = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => domain.Store.TryFinishAsync(
            id, claim.Attempt, i % 2 == 0 ? JobStatus.Succeeded : JobStatus.Failed, StopReason.Completed, null, Ct)));

        // The winner's own end, repeated, is no second end.
        var succeeded = (await domain.ReadJobAsync(id, Ct)).Status == JobStatus.Succeeded;
        Assert.All(ended.Index(), end => Assert.Equal(succeeded == (end.Index % 2 == 0), end.Item));
        Assert.Single(await domain.ReadEventsAsync(id, Ct), e => e.Type == EventTypes.Terminal);
        var job = await domain.ReadJobAsync(id, Ct);
        Assert.True(job.Status.IsTerminal());
        Assert.Null(job.LeaseOwner);
        Assert.NotNull(job.EndedAt);
    }

    [Fact]
    public async Task A_job_cannot_end_as_running() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => domain.Store.TryFinishAsync(Guid.CreateVersion7(), 1, JobStatus.Running, StopReason.Completed, null, Ct));

    [Fact]
    public async Task An_artifact_with_the_name_of_an_earlier_one_takes_its_place()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);

        Assert.True(await domain.Store.TryAddArtifactAsync(id, claim.Attempt, Model(id, claim.Attempt, 'a'), Ct));
        Assert.True(await domain.Store.TryAddArtifactAsync(id, claim.Attempt, Model(id, claim.Attempt, 'b'), Ct));

        await using var db = domain.OpenDb();
        Assert.Equal(new string('b', 64), (await db.Artifacts.SingleAsync(artifact => artifact.JobId == id, Ct)).Sha256);
        Assert.Equal(
            [new string('a', 64), new string('b', 64)],
            (await domain.ReadEventsAsync(id, Ct)).Where(e => e.Type == EventTypes.Artifact)
                .Select(e => e.Data.Deserialize<ArtifactEvent>(ContractsJson.Options)!.Sha256));
    }

    private async Task AssertFencedAsync(Guid id, int attempt, JobStatus status)
    {
        var before = await domain.ReadEventsAsync(id, Ct);

        Assert.False(await domain.Store.TryAppendAsync(id, attempt, [DomainFixture.Log("late")], new JobUpdate(Epoch: 99), Ct));
        Assert.False(await domain.Store.TryAddArtifactAsync(id, attempt, Model(id, attempt, 'a'), Ct));
        Assert.False(await domain.Store.TryFinishAsync(id, attempt, JobStatus.Failed, StopReason.InternalError, null, Ct));
        Assert.Equal(Settled.Lost, await domain.Store.TryHandBackAsync(id, attempt, new HandBack("late", CountAttempt: true), Ct));
        Assert.False((await domain.Store.RenewAsync(id, attempt, DomainFixture.Lease, Ct)).Held);

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((status, 0), (job.Status, job.Epoch));
        Assert.Equal(before.Select(e => e.Seq), (await domain.ReadEventsAsync(id, Ct)).Select(e => e.Seq));
        await using var db = domain.OpenDb();
        Assert.False(await db.Artifacts.AnyAsync(artifact => artifact.JobId == id, Ct));
    }

    private static Artifact Model(Guid id, int attempt, char digit) => new()
    {
        JobId = id,
        Name = "model.safetensors",
        Attempt = attempt,
        Kind = "model",
        MediaType = "application/octet-stream",
        SizeBytes = 10,
        Sha256 = new string(digit, 64),
        CreatedAt = DateTimeOffset.UtcNow,
    };
}
