using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Tests.Jobs;

/// <summary>What people and a worker do at the same time, in every order that a thousand seeds give.</summary>
public sealed class RaceTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private const int Seeds = 1_000;
    private const int AtOnce = 6;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F36_verbs_that_race_with_a_run_leave_one_final_state_and_nothing_after_a_delete()
    {
        var ends = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Seeds), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ct }, async (seed, _) =>
        {
            var end = await RaceAsync(seed);
            ends.AddOrUpdate(end, 1, (_, count) => count + 1);
        });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", ends.OrderBy(end => end.Key).Select(end => $"{end.Key}: {end.Value}")));
        Assert.Superset(new HashSet<string> { "Succeeded", "Cancelled", "deleted" }, ends.Keys.ToHashSet());
    }

    private async Task<string> RaceAsync(int seed)
    {
        var random = new Random(seed);
        var id = await domain.AddJobAsync(Ct);
        var users = Enumerable.Range(0, random.Next(1, 4)).Select(_ => UserAsync(id, new Random(random.Next()))).ToList();
        var workers = Enumerable.Range(0, 2).Select(_ => WorkerAsync(id, new Random(random.Next()))).ToList();
        await Task.WhenAll([.. users, .. workers]);

        // Whatever is left can be brought to its end.
        await domain.Store.ResumeAsync(id, Ct);
        await WorkerAsync(id, new Random(seed));
        var found = await domain.TryReadAsync(id, Ct);
        if (found is null)
        {
            Assert.Equal((0, 0, 0, 0), await domain.CountRowsAsync(id, Ct));
            return "deleted";
        }
        var (job, attempts, _, artifacts) = found.Value;
        var events = await domain.ReadEventsAsync(id, Ct);
        Assert.True(job.Status.IsTerminal(), $"seed {seed}: {job.Status}");
        Assert.True(events.Select(e => e.Seq).SequenceEqual(Enumerable.Range(1, events.Count).Select(seq => (long?)seq)), $"seed {seed}: gaps");
        Assert.True(events.Count(e => e.Type == EventTypes.Terminal) == 1 && events[^1].Type == EventTypes.Terminal, $"seed {seed}: terminal events");
        Assert.True(events[^1].Data.GetProperty("status").GetString() == job.Status.ToText(), $"seed {seed}: {events[^1].Data} but {job.Status}");
        Assert.True(attempts.Count == job.Attempt && attempts.TrueForAll(attempt => attempt.EndedAt is not null), $"seed {seed}: open attempts");
        Assert.True(job.Status != JobStatus.Succeeded || artifacts.Count == 1, $"seed {seed}: {artifacts.Count} artifacts");
        Assert.True((job.Requested, job.LeaseOwner, job.NotBefore) == (null, null, null), $"seed {seed}: left behind");
        return job.Status.ToString();
    }

    private async Task UserAsync(Guid id, Random random)
    {
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            await Task.WhenAll(random.Next(12) switch
            {
                0 => [domain.Store.CancelAsync(id, Ct), domain.Store.CancelAsync(id, Ct)],
                1 => [domain.Store.CancelAsync(id, Ct), domain.Store.ResumeAsync(id, Ct)],
                2 when random.Next(3) == 0 => [domain.Store.DeleteAsync(id, Ct), domain.Store.DeleteAsync(id, Ct)],
                3 => [domain.Store.PauseAsync(id, Ct), domain.Store.ResumeAsync(id, Ct)],
                < 8 => [domain.Store.PauseAsync(id, Ct)],
                _ => (Task<VerbResult>[])[domain.Store.ResumeAsync(id, Ct)],
            });
            await Task.Yield();
        }
    }

    /// <summary>Runs the job as a worker does, again after each pause or hand-back, until it cannot have it.</summary>
    private async Task WorkerAsync(Guid id, Random random)
    {
        while (await domain.Store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct) is { } claim)
        {
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                var lease = await domain.Store.RenewAsync(id, claim.Attempt, DomainFixture.Lease, Ct);
                if (!lease.Held)
                    break;
                if (lease.Requested == JobRequests.Cancel)
                {
                    await domain.Store.TryFinishAsync(id, claim.Attempt, JobStatus.Cancelled, StopReason.UserRequest, null, Ct);
                    break;
                }
                if (lease.Requested == JobRequests.Pause)
                {
                    await domain.Store.TryPauseAsync(id, claim.Attempt, Ct);
                    break;
                }
                await domain.Store.TryAppendAsync(id, claim.Attempt, [DomainFixture.Log($"epoch {epoch}")], null, Ct);
                if (random.Next(8) == 0)
                {
                    await domain.Store.TryHandBackAsync(id, claim.Attempt, new HandBack("the worker stops", CountAttempt: false), Ct);
                    break;
                }
                if (epoch == 3 && await domain.Store.TryAddArtifactAsync(id, claim.Attempt, DomainFixture.Artifact(id, "model", new string('a', 64)), Ct))
                    await domain.Store.TryFinishAsync(id, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, Ct);
            }
        }
    }
}
