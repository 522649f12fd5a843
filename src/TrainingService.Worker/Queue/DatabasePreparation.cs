using Microsoft.Extensions.Hosting;
using TrainingService.Domain.Storage;

namespace TrainingService.Worker.Queue;

/// <summary>Makes the database ready before anything that uses it starts; waits for one that is away until the worker is stopped.</summary>
internal sealed class DatabasePreparation(TrainingConnection database, Outage outage) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => outage.RetryAsync(
        "prepare the database",
        async () =>
        {
            await DatabaseSetup.PrepareAsync(database.ConnectionString, cancellationToken);
            return database;
        },
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
