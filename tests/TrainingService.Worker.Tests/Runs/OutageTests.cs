using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Worker.Tests.Runs;

[Collection(nameof(ProcessTests))]
public sealed class OutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_goes_on_while_the_database_is_away_and_loses_no_event()
    {
        var folder = Directory.CreateTempSubdirectory("training-outage-").FullName;
        var options = new EmbeddedPostgresOptions { DataDirectory = folder, Durable = false };
        var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
        try
        {
            await DatabaseSetup.PrepareAsync(server.ConnectionString, Ct);
            await using var service = await ServiceFixture.StartAsync(server.ConnectionString, Ct);
            await using var worker = service.StartWorker();
            var id = await service.SubmitAsync(epochs: 400, Ct);
            await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

            await server.DisposeAsync();
            // Longer than the lease: the worker cannot renew it meanwhile.
            using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(ServiceFixture.LeaseSeconds + 2)))
                await timer.WaitForNextTickAsync(Ct);
            server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
            var events = await service.WaitForEndAsync(id, Ct, worker);

            var job = await service.ReadAsync(id, Ct);
            Assert.Equal((JobStatus.Succeeded, 1, 400), (job.Status, job.Attempt, job.Epoch));
            Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
            Assert.Equal(Enumerable.Range(1, 400), events.Where(e => e.Type == EventTypes.EpochEnd).Select(e => e.Data.GetProperty("epoch").GetInt32()));
            Assert.Contains("The database is away", worker.Log);
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
