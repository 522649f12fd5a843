using TrainingService.Chaos.Tests.Faults;

namespace TrainingService.Chaos.Tests;

/// <summary>All programs of the service die together.</summary>
public sealed class ProcessFaultTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task F07_api_workers_and_trainers_die_at_once_and_every_job_ends(int secondsDown)
    {
        await fixture.RideThroughAsync(_ => ProcessFaults.KillAllAsync(fixture.Service, TimeSpan.FromSeconds(secondsDown), Ct), Ct);
    }
}
