using System.Collections.Concurrent;
using System.Diagnostics;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Faults;

/// <summary>One run: jobs come all the time, faults strike by the seed's schedule, then all is put right, every job ends, and everything is checked.</summary>
internal sealed class ChaosRun(int seed, TimeSpan duration, IReadOnlyList<Fault> faults, Action<string> say)
{
    private const int Workers = 2;

    /// <summary>More than a run can do harm: what ends as poison here would be a job that failed for the faults' sake.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Jobs__MaxAttempts"] = "100",
        ["Jobs__RetrySeconds"] = "0.2",
        ["Jobs__RetryFactor"] = "1",
        ["Worker__StallTimeout"] = "00:00:05",
    };

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentBag<Subscriber> _subscribers = [];
    private readonly ConcurrentBag<Task> _watching = [];
    private int _struck;

    /// <summary>Runs, checks, and returns what does not hold.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        Say($"seed {seed}, {duration.TotalMinutes:0.##} min of faults: {string.Join(' ', faults.Select(fault => fault.Id))}");
        await using var service = await ServiceUnderFault.StartAsync(workers: Workers - 1, ct, Settings);
        service.AddWorker(wrapper: null, ClockFaults.CanLie ? ClockFaults.Settings(service.Storage) : []).Start();
        try
        {
            return await RunAsync(service, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            foreach (var program in service.Workers.Prepend(service.Api))
                say($"--- {program.Name}\n{program.Tail(150)}");
            throw new InvalidOperationException($"seed {seed}: the run itself failed. {exception.Message}", exception);
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(ServiceUnderFault service, CancellationToken ct)
    {
        var calm = await CalmRun.OfAsync(service, ct);
        Say($"calm runs: {string.Join(", ", calm.Select(pair => $"{pair.Key} {pair.Value[..8]}"))}");
        using var ledger = new Ledger(Path.Combine(service.Storage, "ledger.jsonl"));
        var submitter = new Submitter(service, ledger);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var submitting = SubmitAsync(service, submitter, enough.Token);
        await StrikeAsync(service, ledger, ct);
        await enough.CancelAsync();
        await submitting;

        Say("all faults are over; everything that was down comes back");
        await service.RestoreAsync(ct);
        await Quiescence.WaitAsync(service, ct);
        await Task.WhenAll(_watching).WaitAsync(TimeSpan.FromSeconds(60), ct);
        Say($"{ledger.Entries.Count} submissions, {_subscribers.Count} subscribers, {_struck} faults; checking");

        var violations = await new InvariantCheck(service, ledger.Entries, [.. _subscribers], calm).RunAsync(ct);
        foreach (var violation in violations)
            Say(violation);
        Say(violations.Count == 0 ? $"seed {seed}: {string.Join(' ', InvariantCheck.Ids)} hold" : $"seed {seed}: {violations.Count} violations");
        if (violations.Count > 0)
        {
            foreach (var program in service.Workers.Prepend(service.Api))
                say($"--- {program.Name}\n{program.Tail(200)}");
        }
        return [.. violations.Select(violation => $"seed {seed}: {violation}")];
    }

    private async Task StrikeAsync(ServiceUnderFault service, Ledger ledger, CancellationToken ct)
    {
        var until = _clock.Elapsed + duration;
        foreach (var (fault, faultSeed, pause) in FaultList.Schedule(seed, faults))
        {
            await Task.Delay(pause, ct);
            if (_clock.Elapsed > until)
                return;
            Say($"{fault.Id} {fault.Name}");
            await fault.StrikeAsync(new FaultScene(service, ledger, new Random(faultSeed), text => Say($"    {text}"), ct));
            _struck++;
        }
    }

    /// <summary>A queue that is never empty and never long, so that all jobs can end soon after the last fault.</summary>
    private async Task SubmitAsync(ServiceUnderFault service, Submitter submitter, CancellationToken ct)
    {
        var random = new Random(seed);
        try
        {
            while (!ct.IsCancellationRequested)
            {
                var kind = SmallJobs.Kinds[random.Next(SmallJobs.Kinds.Count)];
                if (await submitter.TrySubmitAsync(kind, epochs: null, tries: 20, ct) is { } job)
                {
                    var subscriber = new Subscriber(service, job, overHub: _subscribers.Count % 2 == 0);
                    _subscribers.Add(subscriber);
                    _watching.Add(subscriber.RunAsync(CancellationToken.None));
                }
                await Task.Delay(TimeSpan.FromSeconds(1 + (2 * random.NextDouble())), ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The last request is left without an answer; the ledger says so.
        }
    }

    private void Say(string text) => say($"{_clock.Elapsed.TotalSeconds,7:0.0} {text}");
}
