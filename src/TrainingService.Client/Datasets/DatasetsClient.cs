using TrainingService.Client.Http;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Client.Datasets;

/// <summary>Data sets that jobs can name.</summary>
public sealed class DatasetsClient
{
    private readonly ServiceHttp _http;

    internal DatasetsClient(ServiceHttp http) => _http = http;

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<DatasetInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<DatasetInfo>>("v1/datasets", cancellationToken);
}
