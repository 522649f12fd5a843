using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainingService.Client.Http;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Datasets;

/// <summary>Data sets that jobs can name: those that come with the service, and those that people bring.</summary>
public sealed class DatasetsClient
{
    private const int PageSize = 100;

    private readonly ServiceHttp _http;
    private readonly TrainingServiceClientOptions _options;

    internal DatasetsClient(ServiceHttp http, TrainingServiceClientOptions options) => (_http, _options) = (http, options);

    /// <summary>All of them, by name.</summary>
    public async IAsyncEnumerable<DatasetResponse> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        do
        {
            var page = await _http.GetAsync<Page<DatasetResponse>>($"v1/datasets?limit={PageSize}{(after is null ? "" : $"&after={after}")}", cancellationToken);
            foreach (var dataset in page.Items)
                yield return dataset;
            after = page.NextCursor;
        }
        while (after is not null);
    }

    /// <summary>A data set, with what its newest version that is ready holds.</summary>
    public Task<DatasetResponse> GetAsync(string name, CancellationToken cancellationToken = default) => _http.GetAsync<DatasetResponse>(Path(name), cancellationToken);

    /// <summary>A data set's versions, newest first.</summary>
    public Task<IReadOnlyList<DatasetVersionResponse>> VersionsAsync(string name, CancellationToken cancellationToken = default) =>
        _http.GetAsync<IReadOnlyList<DatasetVersionResponse>>($"{Path(name)}/versions", cancellationToken);

    /// <summary>A version: where it stands, how far its files are read, what was wrong with them, what it holds.</summary>
    public Task<DatasetVersionResponse> GetVersionAsync(string name, int version, CancellationToken cancellationToken = default) =>
        _http.GetAsync<DatasetVersionResponse>(Path(name, version), cancellationToken);

    /// <summary>The columns of a version that is ready, with what was counted over them.</summary>
    public Task<IReadOnlyList<ColumnInfo>> StatisticsAsync(string name, int version, CancellationToken cancellationToken = default) =>
        _http.GetAsync<IReadOnlyList<ColumnInfo>>($"{Path(name, version)}/statistics", cancellationToken);

    /// <summary>The first rows of a version that is ready.</summary>
    /// <param name="name">Which data set.</param>
    /// <param name="version">Which version.</param>
    /// <param name="split">Which split; null takes <c>train</c>, or the first one.</param>
    /// <param name="offset">The first row, from 0.</param>
    /// <param name="count">How many rows, 1 to 1000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<DatasetPreview> PreviewAsync(
        string name, int version, string? split = null, long offset = 0, int count = 20, CancellationToken cancellationToken = default) =>
        _http.GetAsync<DatasetPreview>(
            $"{Path(name, version)}/preview?offset={offset}&count={count}{(split is null ? "" : $"&split={Uri.EscapeDataString(split)}")}", cancellationToken);

    /// <summary>Where a picture of the preview is.</summary>
    /// <param name="name">Which data set.</param>
    /// <param name="version">Which version.</param>
    /// <param name="split">Which split.</param>
    /// <param name="row">Row of the split, from 0.</param>
    /// <param name="column">The column's number, from 0.</param>
    public Uri PictureAddress(string name, int version, string split, long row, int column) =>
        _http.Address($"{Path(name, version)}/preview/{Uri.EscapeDataString(split)}/{row}/{column}.png");

    /// <summary>Makes a version of uploads that are complete, of a file that the service fetches, or has one of Keras's data sets fetched by its name.</summary>
    /// <param name="request">What it is made of.</param>
    /// <param name="idempotencyKey">The caller's own name for this request; null makes one up, so that a lost answer makes no second version.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the version may exist all the same.</param>
    /// <returns>The version, which waits to be read.</returns>
    public Task<DatasetVersionResponse> CreateAsync(DatasetRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _http.MakeAsync<DatasetVersionResponse>("v1/datasets", JsonSerializer.SerializeToElement(request, ContractsJson.Options), idempotencyKey, cancellationToken);

    /// <summary>Sends a file in parts; a connection that breaks is made again, and goes on where the service is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileName">What the service is to call it; null takes the file's own name.</param>
    /// <param name="progress">Told how many bytes are there.</param>
    /// <param name="cancellationToken">Ends the sending; what came is thrown away after a day.</param>
    /// <returns>The upload, complete; its id goes into <see cref="DatasetRequest.Uploads"/>.</returns>
    public Task<UploadResponse> UploadAsync(string path, string? fileName = null, IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileUpload(_http, _options, progress).RunAsync(path, fileName ?? System.IO.Path.GetFileName(path), cancellationToken);
    }

    /// <summary>Waits for a version to end: ready, failed or cancelled.</summary>
    /// <param name="name">Which data set.</param>
    /// <param name="version">Which version.</param>
    /// <param name="onChange">Told each time that it was looked at.</param>
    /// <param name="cancellationToken">Ends the waiting; the version goes on.</param>
    /// <returns>The version as it ended.</returns>
    public async Task<DatasetVersionResponse> WaitAsync(
        string name, int version, Action<DatasetVersionResponse>? onChange = null, CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var backoff = new Backoff(_options);
        while (true)
        {
            try
            {
                var found = await GetVersionAsync(name, version, cancellationToken);
                backoff.Reset();
                onChange?.Invoke(found);
                if (found.Status.IsTerminal())
                    return found;
            }
            catch (Exception exception) when (Backoff.IsTransient(exception, cancellationToken))
            {
                await Task.Delay(backoff.Next((exception as TrainingServiceException)?.RetryAfter), cancellationToken);
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Asks for an ingest to be cancelled.</summary>
    public Task<DatasetVersionResponse> CancelAsync(string name, int version, CancellationToken cancellationToken = default) =>
        _http.AskAsync<DatasetVersionResponse>($"{Path(name, version)}/cancel", cancellationToken);

    /// <summary>Removes a data set with all its versions, unless a job that has not ended uses one.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => _http.DeleteAsync(Path(name), cancellationToken);

    /// <summary>Removes a version, unless a job that has not ended uses it.</summary>
    public Task DeleteVersionAsync(string name, int version, CancellationToken cancellationToken = default) => _http.DeleteAsync(Path(name, version), cancellationToken);

    private static string Path(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"v1/datasets/{Uri.EscapeDataString(name)}";
    }

    private static string Path(string name, int version) => $"{Path(name)}/versions/{version}";
}
