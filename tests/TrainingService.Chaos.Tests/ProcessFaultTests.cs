using TrainingService.Chaos.Tests.Faults;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Chaos.Tests;

/// <summary>Programs of the service that die together, or are believed dead and are not.</summary>
public sealed class ProcessFaultTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServiceUnderFault Service => fixture.Service;

    [Fact]
    public async Task F04_a_worker_that_was_paused_past_its_lease_adds_nothing_to_the_run_of_its_successor()
    {
        // One that is long enough to be still at it when the first worker wakes up.
        var job = (await Service.Client.Jobs.SubmitAsync(SmallJobs.Of("dense", "calm-paused", epochs: 2_000), Ct)).Id;
        await fixture.WaitForEpochAsync(job, 1, Ct);
        var trainer = Service.Trainers.Single(trainer => trainer.JobId == job).Id;
        var first = fixture.WorkerOf(trainer);
        first.Send(Signal.Stop);
        await fixture.WaitForEpochAsync(job, 1, Ct, attempt: 2);
        first.Send(Signal.Continue);
        await Processes.WaitForEndAsync(trainer, TimeSpan.FromSeconds(60), Ct);
        var ended = await Service.Client.Jobs.WaitAsync(job, Ct);
        Assert.True(ended is { Status: JobStatus.Succeeded, Attempt: >= 2 }, $"{ended.Status} in attempt {ended.Attempt}: {ended.Error?.Message}\n{await fixture.TellAsync(job, Ct)}");
        InvariantCheck.AssertHolds(await new InvariantCheck(Service, [], [], new Dictionary<string, string>()).RunAsync(Ct));
    }

    [Fact]
    [Trait("Runs", "always")]
    public async Task F06_what_a_killed_api_has_acknowledged_is_there_and_what_it_has_not_is_there_once_at_most()
    {
        using var ledger = new Ledger(Path.Combine(Service.Storage, "ledger-killed.jsonl"));
        var submitter = new Submitter(Service, ledger);
        var line = Service.ProxyOf(Service.Api);
        // Half of them meet a database that hears them and is not heard, the last ones one that hears nothing: nobody may believe to know more than that.
        line.LoseAnswers(3);
        var asked = Enumerable.Range(0, 6).Select(_ => submitter.TrySubmitAsync("dense", epochs: 1, tries: 3, Ct)).ToList();
        await Task.WhenAll(asked);
        line.Cut();
        asked.AddRange(Enumerable.Range(0, 3).Select(_ => submitter.TrySubmitAsync("dense", epochs: 1, tries: 1, Ct)));
        await Task.WhenAll(asked);
        await Service.Api.KillAsync();
        await Service.RestoreAsync(Ct);
        await Quiescence.WaitAsync(Service, Ct);
        Assert.True(ledger.Entries.Count(entry => entry.Outcome == Outcome.Acknowledged) >= 6, "Those with three tries were taken.");
        var others = await fixture.OthersAsync(ledger, Ct);
        InvariantCheck.AssertHolds(await new InvariantCheck(Service, [.. ledger.Entries, .. others], [], new Dictionary<string, string>()).RunAsync(Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task F07_api_workers_and_trainers_die_at_once_and_every_job_ends(int secondsDown)
    {
        await fixture.RideThroughAsync(_ => ProcessFaults.KillAllAsync(Service, TimeSpan.FromSeconds(secondsDown), Ct), Ct);
    }
}
