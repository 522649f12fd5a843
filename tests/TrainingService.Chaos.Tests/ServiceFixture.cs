using System.Diagnostics;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Client.Events;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Chaos.Tests;

/// <summary>One service for the tests of one class, one fault after the other; after each it is whole again.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>A lease as short as theirs is lost for no reason on a machine that is busy enough: attempts enough for that.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Jobs__MaxAttempts"] = "20",
        ["Jobs__RetrySeconds"] = "0.2",
        ["Jobs__RetryFactor"] = "1",
        ["Worker__StallTimeout"] = "00:01:00",
    };

    private IReadOnlyDictionary<string, string> _calm = new Dictionary<string, string>();

    internal ServiceUnderFault Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Service = await ServiceUnderFault.StartAsync(workers: 2, TestContext.Current.CancellationToken, Settings);
        _calm = await CalmRun.OfAsync(Service, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null)
            await Service.DisposeAsync();
    }

    /// <summary>Jobs are in their epochs when the fault strikes; all of them end well, soon, and with the weights of a calm run.</summary>
    /// <param name="strikeAsync">The fault, from its begin to its end.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="withLasting">Whether one more job is under way all the time, and keeps its worker.</param>
    internal async Task<IReadOnlyList<JobResponse>> RideThroughAsync(Func<IReadOnlyList<Guid>, Task> strikeAsync, CancellationToken ct, bool withLasting = false)
    {
        var lasting = withLasting ? await StartLastingAsync(ct) : (Guid?)null;
        using var ledger = new Ledger(Path.Combine(Service.Storage, $"ledger-{Guid.NewGuid():N}.jsonl"));
        var submitter = new Submitter(Service, ledger);
        var jobs = new List<Guid>();
        foreach (var kind in SmallJobs.Kinds)
            jobs.Add(await submitter.TrySubmitAsync(kind, epochs: null, tries: 5, ct) ?? throw new InvalidOperationException($"The service at rest did not take a job: {submitter.LastRefusal}\n{Service.Api.Tail()}"));
        var subscribers = jobs.Select((job, number) => new Subscriber(Service, job, overHub: number % 2 == 0)).ToList();
        var watching = subscribers.ConvertAll(subscriber => subscriber.RunAsync(ct));
        await WaitForEpochAsync(jobs[0], 1, ct);
        await strikeAsync(jobs);
        await Service.RestoreAsync(ct);
        if (lasting is { } before)
            await AssertUndisturbedAsync(before, ct);

        var recovery = Stopwatch.StartNew();
        var ended = new List<JobResponse>();
        foreach (var job in jobs)
            ended.Add(await Service.Client.Jobs.WaitAsync(job, ct).WaitAsync(Patience, ct));
        TestContext.Current.TestOutputHelper?.WriteLine($"all jobs had ended {recovery.Elapsed.TotalSeconds:0.0} s after the fault, in attempts {string.Join(", ", ended.Select(job => job.Attempt))}");
        await Task.WhenAll(watching).WaitAsync(Patience, ct);
        Assert.All(ended, job => Assert.True(job.Status == JobStatus.Succeeded, $"{job.Status} {job.Error?.Message}\n{Service.Workers[0].Tail()}\n{Service.Workers[1].Tail()}"));
        var others = await OthersAsync(ledger, ct);
        InvariantCheck.AssertHolds(await new InvariantCheck(Service, [.. ledger.Entries, .. others], subscribers, _calm).RunAsync(ct));
        return ended;
    }

    /// <summary>What the log and the attempts of a job say of what went wrong.</summary>
    internal async Task<string> TellAsync(Guid job, CancellationToken ct) => string.Join('\n', await Service.Postgres.QueryAsync(
        $"""
        SELECT row_to_json(a)::text FROM job_attempts a WHERE job_id = '{job}'
        UNION ALL SELECT attempt || ' ' || data::text FROM job_events WHERE job_id = '{job}' AND (type IN ('status', 'terminal', 'resumed') OR type = 'log' AND data ->> 'level' <> 'info')
        """,
        row => row.GetString(0), ct));

    private async Task<Guid> StartLastingAsync(CancellationToken ct)
    {
        var job = (await Service.Client.Jobs.SubmitAsync(SmallJobs.Of("dense", $"calm-lasting-{Guid.NewGuid():N}", epochs: 1_000_000), ct)).Id;
        await WaitForEpochAsync(job, 1, ct);
        return job;
    }

    private async Task AssertUndisturbedAsync(Guid job, CancellationToken ct)
    {
        await WaitForEpochAsync(job, (await Service.Client.Jobs.GetAsync(job, ct)).Epoch + 1, ct);
        await Service.Client.Jobs.CancelAsync(job, ct);
        var ended = await Service.Client.Jobs.WaitAsync(job, ct).WaitAsync(Patience, ct);
        Assert.Equal((JobStatus.Cancelled, 1), (ended.Status, ended.Attempt));
        TestContext.Current.TestOutputHelper?.WriteLine($"the lasting job was in epoch {ended.Epoch} of its first attempt");
    }

    /// <summary>Jobs of tests before, which nobody else but them has made.</summary>
    internal async Task<IReadOnlyList<LedgerEntry>> OthersAsync(Ledger ledger, CancellationToken ct)
    {
        var own = ledger.Entries.Select(entry => entry.Key).ToHashSet();
        var all = await Service.Postgres.QueryAsync(
            "SELECT id, name FROM jobs WHERE name NOT LIKE 'calm-%'", row => new LedgerEntry(row.GetString(1), "", Outcome.Acknowledged, row.GetGuid(0)), ct);
        return [.. all.Where(entry => !own.Contains(entry.Key))];
    }

    /// <summary>Whose trainer it is; between the two stands the process that starts it.</summary>
    internal ServiceProgram WorkerOf(int trainer) => Service.Workers.Single(worker =>
        Processes.ChildrenOf(worker.Id).Any(child => child.Id == trainer || Processes.ChildrenOf(child.Id).Any(own => own.Id == trainer)));

    internal async Task WaitForEpochAsync(Guid job, int epoch, CancellationToken ct, int attempt = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        await foreach (var jobEvent in Service.Client.Jobs.EventsAsync(job, cancellationToken: limit.Token))
        {
            if (jobEvent.Attempt >= attempt && jobEvent.TryAs<EpochEndEvent>() is { } end && end.Epoch >= epoch)
                return;
        }
        throw new InvalidOperationException($"Job {job} ended before epoch {epoch}.");
    }
}
