using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Tests.Simulation;

/// <summary>
/// The model that the simulation runs on and the store on PostgreSQL, step by step through the same random lives: every answer and, after
/// every step, every column that decides must be equal. Time passes in PostgreSQL by moving the instants of the row into the past.
/// </summary>
public sealed class ConformanceTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private const int Seeds = 10;
    private const int Steps = 45;

    // Steps of time and what is measured by them never come near each other, so that the time the test itself takes decides nothing.
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(1_000);
    private static readonly TimeSpan _queuedFor = TimeSpan.FromSeconds(1_000);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(2_000)]
    public async Task S1_the_simulated_store_and_the_real_one_take_the_same_decisions(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
            Assert.Null(await FindDifferenceAsync(seed, Mutant.None));
    }

    [Fact]
    public async Task S1_a_store_that_decides_otherwise_is_noticed()
    {
        foreach (var mutant in new[] { Mutant.NoFence, Mutant.NoWriteIds, Mutant.ForgottenRows, Mutant.NoLimit })
        {
            string? difference = null;
            for (var seed = 0; difference is null && seed < 2 * Seeds; seed++)
                difference = await FindDifferenceAsync(seed, mutant);
            Assert.True(difference is not null, $"{mutant} looked like the store");
        }
    }

    private async Task<string?> FindDifferenceAsync(int seed, Mutant mutant)
    {
        var random = new Random(seed);
        var clock = new SimulatedClock();
        var model = new ModelStore(clock, DomainFixture.JobOptions, mutant);
        var maxPending = random.Next(3) == 0 ? 1_000 : (int?)null;
        var maxAttempts = random.Next(1, 4);
        var example = DomainFixture.Example.Value;
        var submission = example with
        {
            Spec = example.Spec with { Stopping = new StoppingSpec(MaxPendingSeconds: maxPending), Retry = new RetrySpec(maxAttempts) },
        };
        var id = (await domain.Store.AddAsync(submission, null, null, Ct)).JobId;
        model.Add(id, maxAttempts, maxPending is null ? null : TimeSpan.FromSeconds(maxPending.Value));
        var life = new RandomLife(random, id);
        var told = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            var action = life.Next();
            told.Add(action.ToString());
            var expected = ModelAnswer(model, clock, action);
            var received = await RealAnswerAsync(action);
            life.Heard(action, expected);
            if (expected != received)
                return $"seed {seed}, step {step}: model {expected}, store {received}\n{string.Join('\n', told)}";
            var (there, here) = (model.Jobs.GetValueOrDefault(id)?.Describe() ?? "gone", await DescribeAsync(id));
            if (there != here)
                return $"seed {seed}, step {step}, after {action}:\nmodel {there}\nstore {here}\n{string.Join('\n', told)}";
        }
        await domain.Store.DeleteAsync(id, Ct);
        return null;
    }

    private static string ModelAnswer(ModelStore store, SimulatedClock clock, LifeStep step)
    {
        switch (step.Kind)
        {
            case LifeKind.Time:
                clock.Now += _step;
                return "";
            case LifeKind.Claim:
                return store.TryClaim(step.Job, step.Write, _lease) is { } claim ? $"{claim.Attempt} {claim.Requested} {claim.Checkpoint}" : "none";
            case LifeKind.Renew:
                return store.Renew(step.Job, step.Attempt, _lease).ToString();
            case LifeKind.Append:
                return store.TryAppend(step.Job, step.Attempt, step.Write, step.Epoch).ToString();
            case LifeKind.Checkpoint:
                return store.TryAddCheckpoint(step.Job, step.Attempt, step.Number, step.Epoch, step.Flag, step.Digest).ToString();
            case LifeKind.Artifact:
                return store.TryAddArtifact(step.Job, step.Attempt, $"file-{step.Number % 2}", step.Digest).ToString();
            case LifeKind.Finish:
                return store.TryFinish(step.Job, step.Attempt, step.Final, StopReason.Completed).ToString();
            case LifeKind.HandBack:
                return store.TryHandBack(step.Job, step.Attempt, step.HandBack).ToString();
            case LifeKind.Sweep:
                return Describe(step.Job, store.Sweep(_queuedFor));
            default:
                return Describe(step.Kind switch
                {
                    LifeKind.Cancel => store.Cancel(step.Job),
                    LifeKind.Pause => store.Pause(step.Job),
                    LifeKind.Resume => store.Resume(step.Job),
                    LifeKind.Archive => store.Archive(step.Job),
                    LifeKind.Unarchive => store.Unarchive(step.Job),
                    _ => store.Delete(step.Job),
                });
        }
    }

    private async Task<string> RealAnswerAsync(LifeStep step)
    {
        var store = domain.Store;
        switch (step.Kind)
        {
            case LifeKind.Time:
                await domain.PassTimeAsync(step.Job, _step, Ct);
                return "";
            case LifeKind.Claim:
                return await store.TryClaimAsync(step.Job, step.Write, "worker", _lease, Ct) is { } claim
                    ? $"{claim.Attempt} {claim.Requested} {claim.Checkpoints!.FirstOrDefault()?.Number ?? 0}"
                    : "none";
            case LifeKind.Renew:
                return (await store.RenewAsync(step.Job, step.Attempt, _lease, Ct)).ToString();
            case LifeKind.Append:
                return (await store.TryAppendAsync(step.Job, step.Attempt, step.Write, [DomainFixture.Log("epoch")], new JobUpdate(Epoch: step.Epoch), Ct)).ToString();
            case LifeKind.Checkpoint:
                return (await store.TryAddCheckpointAsync(
                    step.Job, step.Attempt, DomainFixture.Checkpoint(step.Job, step.Number, step.Epoch, step.Flag, step.Digest),
                    ModelStore.KeepLatest, ModelStore.KeepBest, Ct)).ToString();
            case LifeKind.Artifact:
                return (await store.TryAddArtifactAsync(step.Job, step.Attempt, DomainFixture.Artifact(step.Job, $"file-{step.Number % 2}", step.Digest), Ct)).ToString();
            case LifeKind.Finish:
                return (await store.TryFinishAsync(step.Job, step.Attempt, step.Final, StopReason.Completed, null, Ct)).ToString();
            case LifeKind.HandBack:
                return (await store.TryHandBackAsync(step.Job, step.Attempt, step.HandBack, Ct)).ToString();
            case LifeKind.Sweep:
                return Describe(step.Job, await store.SweepAsync(_queuedFor, Ct));
            default:
                return Describe(await (step.Kind switch
                {
                    LifeKind.Cancel => store.CancelAsync(step.Job, Ct),
                    LifeKind.Pause => store.PauseAsync(step.Job, Ct),
                    LifeKind.Resume => store.ResumeAsync(step.Job, Ct),
                    LifeKind.Archive => store.ArchiveAsync(step.Job, Ct),
                    LifeKind.Unarchive => store.UnarchiveAsync(step.Job, Ct),
                    _ => store.DeleteAsync(step.Job, Ct),
                }));
        }
    }

    private static string Describe(VerbResult result) => $"{result.Outcome} {result.Status} {result.Requested} {result.Offer}";

    private static string Describe(Guid id, IReadOnlyList<Offer> offers) => string.Join(", ", offers.Where(offer => offer.JobId == id));

    private async Task<string> DescribeAsync(Guid id)
    {
        if (await domain.TryReadAsync(id, Ct) is not { } found)
            return "gone";
        var (job, attempts, checkpoints, artifacts) = found;
        var model = new ModelJob
        {
            Id = id, MaxAttempts = job.MaxAttempts, PriorityLane = job.Lane, Status = job.Status, StopReason = job.StopReason, Requested = job.Requested,
            Attempt = job.Attempt, Uncounted = job.UncountedAttempts, Lane = job.Lane, Epoch = job.Epoch,
            LeaseUntil = job.LeaseExpiresAt is null ? null : TimeSpan.Zero, NotBefore = job.NotBefore is null ? null : TimeSpan.Zero,
            MaxPendingAt = job.MaxPendingAt is null ? null : TimeSpan.Zero, IsPaused = job.PausedAt is not null, IsArchived = job.ArchivedAt is not null,
        };
        foreach (var e in await domain.ReadEventsAsync(id, Ct))
            model.Events.Add(new ModelEvent(e.Seq!.Value, e.Attempt, TypeOf(e), TimeSpan.Zero, null));
        foreach (var attempt in attempts)
            model.Attempts[attempt.Attempt] = new ModelAttempt
            {
                StartedAt = TimeSpan.Zero, EndedAt = attempt.EndedAt is null ? null : TimeSpan.Zero, IsFenced = attempt.FencedAt is not null, Outcome = attempt.Outcome,
            };
        foreach (var checkpoint in checkpoints)
            model.Checkpoints[checkpoint.Number] = new ModelCheckpoint(checkpoint.Attempt, checkpoint.Epoch, checkpoint.IsBest);
        foreach (var artifact in artifacts)
            model.Artifacts[artifact.Name] = (artifact.Attempt, artifact.Sha256);
        Assert.Equal(job.LastSeq, model.Events.Count);
        return model.Describe();
    }

    private static string TypeOf(JobEvent e) => e.Type switch
    {
        EventTypes.Terminal => $"terminal {EnumText.Parse<JobStatus>(e.Data.GetProperty("status").GetString()!)}",
        EventTypes.Status => $"{e.Data.GetProperty("status").GetString()} {(e.Data.TryGetProperty("requested", out var requested) ? requested.GetString() : null)}".TrimEnd(),
        _ => e.Type,
    };
}
