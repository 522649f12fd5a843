using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Tests.Jobs;

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
    public async Task S1_the_simulated_store_and_the_real_one_take_the_same_decisions(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
            Assert.Null(await FindDifferenceAsync(seed, Mutant.None));
    }

    /// <summary>On lives in which the mistake matters, the real store stands with the model and not with the mistake.</summary>
    [Theory]
    [InlineData(Mutant.NoFence)]
    [InlineData(Mutant.NoWriteIds)]
    [InlineData(Mutant.ForgottenRows)]
    [InlineData(Mutant.NoLimit)]
    public async Task S1_the_real_store_does_not_make_the_mistakes_that_the_simulation_catches(Mutant mutant)
    {
        var seeds = Enumerable.Range(0, 10_000).Where(seed => ModelLife(seed, Mutant.None) != ModelLife(seed, mutant)).Take(3).ToList();

        Assert.Equal(3, seeds.Count);
        foreach (var seed in seeds)
        {
            Assert.Null(await FindDifferenceAsync(seed, Mutant.None));
            Assert.NotNull(await FindDifferenceAsync(seed, mutant));
        }
    }

    /// <summary>A third of the answers is lost after the commit and asked for again: the lives are the same.</summary>
    [Fact]
    public async Task F20_lives_in_which_answers_are_lost_are_the_lives_in_which_none_is()
    {
        await using var proxy = new AnswerLosingProxy(domain.ConnectionString);
        await using var database = NpgsqlDataSource.Create(proxy.ConnectionString);
        var store = new JobStore(database, domain.Heartbeats, domain.Bell, Options.Create(DomainFixture.JobOptions), TimeProvider.System);
        for (var seed = 5_000; seed < 5_000 + Seeds; seed++)
            Assert.Null(await FindDifferenceAsync(seed, Mutant.None, store, proxy));
        Assert.InRange(proxy.Lost, 10 * Seeds, int.MaxValue);
    }

    private Task<string?> FindDifferenceAsync(int seed, Mutant mutant) => FindDifferenceAsync(seed, mutant, domain.Store, proxy: null);

    private async Task<string?> FindDifferenceAsync(int seed, Mutant mutant, JobStore store, AnswerLosingProxy? proxy)
    {
        var (random, limits) = Begin(seed);
        var example = DomainFixture.Example.Value;
        var submission = example with
        {
            Spec = example.Spec with { Stopping = new StoppingSpec(MaxPendingSeconds: limits.MaxPending), Retry = new RetrySpec(limits.MaxAttempts) },
        };
        var id = (await domain.Store.AddAsync(submission, null, null, Ct)).JobId;
        var (clock, model, life) = Model(random, limits, id, mutant);
        var told = new List<string>();
        string? difference = null;
        for (var step = 0; step < Steps && difference is null; step++)
        {
            var action = life.Next();
            told.Add(action.ToString());
            if (proxy is not null && random.Next(3) == 0)
                proxy.LoseAfter(random.Next(1, 3));
            var (expected, received) = (ModelAnswer(model, clock, action), await AnswerAsync(store, action));
            life.Heard(action, expected);
            var (there, here) = (Describe(model, id), await DescribeAsync(id));
            // Whose verb or sweep is repeated hears that nothing is left to do.
            if (there != here || (expected != received && (proxy is null || IsOfRun(action.Kind))))
                difference = $"seed {seed}, step {step}:\nmodel {expected}\n{there}\nstore {received}\n{here}\n{string.Join('\n', told)}";
        }
        await domain.Store.DeleteAsync(id, Ct);
        return difference;
    }

    /// <summary>The same life on the model alone.</summary>
    private static string ModelLife(int seed, Mutant mutant)
    {
        var (random, limits) = Begin(seed);
        var (clock, model, life) = Model(random, limits, Guid.Empty, mutant);
        var told = new StringBuilder();
        for (var step = 0; step < Steps; step++)
        {
            var action = life.Next();
            var answer = ModelAnswer(model, clock, action);
            life.Heard(action, answer);
            told.AppendLine(answer).AppendLine(Describe(model, Guid.Empty));
        }
        return told.ToString();
    }

    private static (Random Random, (int MaxAttempts, int? MaxPending) Limits) Begin(int seed)
    {
        var random = new Random(seed);
        return (random, (random.Next(1, 4), random.Next(3) == 0 ? 1_000 : null));
    }

    private static (SimulatedClock Clock, ModelStore Store, RandomLife Life) Model(Random random, (int MaxAttempts, int? MaxPending) limits, Guid id, Mutant mutant)
    {
        var clock = new SimulatedClock();
        var store = new ModelStore(clock, DomainFixture.JobOptions, mutant);
        store.Add(id, limits.MaxAttempts, limits.MaxPending is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        return (clock, store, new RandomLife(random, id));
    }

    private static string Describe(ModelStore store, Guid id) => store.Jobs.GetValueOrDefault(id)?.Describe() ?? "gone";

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

    private static bool IsOfRun(LifeKind kind) => kind is < LifeKind.Sweep;

    /// <summary>Asks again when the answer is lost.</summary>
    private async Task<string> AnswerAsync(JobStore store, LifeStep step)
    {
        while (true)
        {
            try
            {
                return await RealAnswerAsync(store, step);
            }
            catch (NpgsqlException exception) when (exception.IsTransient)
            {
                TestContext.Current.SendDiagnosticMessage("{0}: lost", step.Kind);
            }
        }
    }

    private async Task<string> RealAnswerAsync(JobStore store, LifeStep step)
    {
        switch (step.Kind)
        {
            case LifeKind.Time:
                await domain.PassTimeAsync(step.Job, _step, Ct);
                return "";
            case LifeKind.Claim:
                return await store.TryClaimAsync(step.Job, step.Write, "worker", _lease, Ct) is { } claim
                    ? $"{claim.Attempt} {claim.Requested} {(claim.Checkpoints is [var latest, ..] ? latest.Number : 0)}"
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
                return Describe(step.Job, await store.SweepAsync(_queuedFor, ["cpu"], Ct));
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
