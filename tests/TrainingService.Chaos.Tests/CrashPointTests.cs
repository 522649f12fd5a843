using System.Globalization;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Chaos.Tests;

/// <summary>
/// A worker is killed at its n-th change of a job: once just before the database hears of it, once just after it is committed. A run has as many
/// such points as it has changes; past the last one it ends untouched, and the sweep with it.
/// </summary>
public sealed class CrashPointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Jobs__LeaseSeconds"] = "1",
        ["Jobs__RetrySeconds"] = "0.2",
        ["Jobs__RetryFactor"] = "1",
        ["Worker__SweepInterval"] = "00:00:00.2",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A sample of the points; <c>CRASH_STEP=1</c> takes every one, <c>CRASH_FROM=7</c> begins at the seventh.</summary>
    [Fact]
    public async Task S2_a_worker_killed_before_or_after_any_of_its_writes_loses_and_doubles_nothing()
    {
        var step = Setting("CRASH_STEP", 8);
        await using var service = await ServiceUnderFault.StartAsync(workers: 1, Ct, Settings);
        var calm = await CalmRun.OfAsync(service, Ct);
        using var ledger = new Ledger(Path.Combine(service.Storage, "ledger.jsonl"));
        var points = 0;
        for (var point = Setting("CRASH_FROM", 1); await CrashAtAsync(service, ledger, point, point % (2 * step) > step || step == 1 && point % 2 == 0); point += step)
            points++;
        if (step == 1)
        {
            for (var point = 1; await CrashAtAsync(service, ledger, point, point % 2 == 1); point++)
                points++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{points} crash points");
        Assert.True(points >= 2, $"Only {points} points were reached: nothing was tried.");
        InvariantCheck.AssertHolds(await new InvariantCheck(service, ledger.Entries, [], calm).RunAsync(Ct));
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <returns>False when the run had fewer changes and ended untouched.</returns>
    private static async Task<bool> CrashAtAsync(ServiceUnderFault service, Ledger ledger, int point, bool afterCommit)
    {
        var worker = service.Workers[0];
        var proxy = service.ProxyOf(worker);
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Crash()
        {
            worker.Send(Signal.Kill);
            crashed.TrySetResult();
        }

        var changes = 0;
        proxy.OnAnswerLost = Crash;
        proxy.OnWrite = message =>
        {
            // Every change of a job counts its events; a heartbeat has none.
            if (!message.Contains("last_seq", StringComparison.Ordinal) || Interlocked.Increment(ref changes) != point)
                return WriteFate.Pass;
            if (afterCommit)
                return WriteFate.AnswerLost;
            Crash();
            return WriteFate.NeverArrives;
        };
        var job = await new Submitter(service, ledger).TrySubmitAsync("convolution", epochs: null, tries: 3, Ct) ?? throw new InvalidOperationException("No answer.");
        var ended = service.Client.Jobs.WaitAsync(job, Ct);
        var untouched = await Task.WhenAny(ended, crashed.Task).WaitAsync(Patience, Ct) == ended && !crashed.Task.IsCompleted;
        (proxy.OnWrite, proxy.OnAnswerLost) = (null, null);
        if (!untouched)
        {
            await worker.KillAsync();
            worker.Start();
        }
        var at = $"Crash point {point} {(afterCommit ? "after" : "before")} the commit";
        if (await Task.WhenAny(ended, Task.Delay(Patience, Ct)) != ended)
            Assert.Fail($"{at}: the job does not end.\n{await TellAsync(service, job)}\n{worker.Tail()}");
        var result = await ended;
        Assert.True(result.Status == JobStatus.Succeeded, $"{at}: {result.Status} {result.Error?.Message}\n{worker.Tail()}");
        return !untouched;
    }

    private static async Task<string> TellAsync(ServiceUnderFault service, Guid job)
    {
        var rows = await service.Postgres.QueryAsync(
            $"""
            SELECT row_to_json(j)::text FROM (SELECT status, attempt, uncounted_attempts, lane, lease_owner, lease_expires_at, not_before, offered_at, now() FROM jobs WHERE id = '{job}') j
            UNION ALL SELECT row_to_json(a)::text FROM job_attempts a WHERE job_id = '{job}'
            UNION ALL SELECT row_to_json(q)::text FROM hangfire.jobqueue q JOIN hangfire.job h ON h.id = q.jobid AND h.arguments::text LIKE '%{job}%'
            UNION ALL SELECT row_to_json(l)::text FROM hangfire.lock l
            UNION ALL SELECT row_to_json(s)::text FROM (SELECT pid, state, wait_event, now() - state_change AS since, left(query, 200) AS query FROM pg_stat_activity WHERE datname = 'training') s
            """,
            row => row.GetString(0), Ct);
        return string.Join('\n', rows);
    }
}
