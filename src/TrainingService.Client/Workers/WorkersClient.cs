using TrainingService.Client.Http;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Workers;

/// <summary>The workers that train.</summary>
public sealed class WorkersClient
{
    private readonly ServiceHttp _http;

    internal WorkersClient(ServiceHttp http) => _http = http;

    /// <summary>The workers that were heard of lately, by host and process.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<WorkerResponse>> ListAsync(CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<WorkerResponse>>("v1/workers", cancellationToken);
}
