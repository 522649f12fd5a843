using System.Text.Json;
using TrainingService.Api.OpenApi;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>
/// Goes the road of a first submission before the server listens, without storing anything: what is compiled and connected here, the
/// first user does not wait for.
/// </summary>
internal sealed class WarmUp(Examples examples, DatasetCatalog datasets, JobStore store, QueuePlaces places, IServiceScopeFactory scopes, ILogger<WarmUp> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var example in examples.Jobs.Values)
        {
            if (JobSubmission.TryRead(JsonSerializer.SerializeToElement(example), datasets.All, out _) is { } submission)
                JsonSerializer.Serialize(submission, ContractsJson.Options);
        }
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            // A change of a job that is not there changes nothing.
            await store.CancelAsync(Guid.Empty, cancellationToken);
            await scope.ServiceProvider.GetRequiredService<JobReader>().FindWholeAsync(Guid.Empty, cancellationToken);
            await places.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            // The server starts without the database as well; readiness tells.
            logger.LogInformation(exception, "The database does not answer; the first request will be slower.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
