using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Datasets;

/// <summary>A file could not be fetched.</summary>
public sealed class DatasetFetchException(DatasetError error, Exception? cause = null) : IOException(error.Message, cause)
{
    public DatasetError Error => error;
}

/// <summary>
/// Fetches a file from where a user says, under the operator's rules. Nothing that the server says decides anything: not its names, its types,
/// its redirects; a length that it announces has to be true.
/// </summary>
public sealed class DatasetFetcher : IDisposable
{
    private const int MaxDrainBytes = 64 << 10;

    private readonly IArtifactStore _artifacts;
    private readonly DatasetUrlPolicy _policy;
    private readonly DatasetOptions _options;
    private readonly HttpClient _http;

    public DatasetFetcher(IArtifactStore artifacts, DatasetUrlPolicy policy, IOptions<DatasetOptions> options)
    {
        (_artifacts, _policy, _options) = (artifacts, policy, options.Value);
        _http = new HttpClient(JudgedHttp.Handler(policy.Judge, MaxDrainBytes)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Fetches the file of a claim, and stores its content.</summary>
    /// <param name="progress">Called as bytes come, with the length that was announced; it must return at once.</param>
    /// <returns>The content, by the name that the address ends with.</returns>
    /// <exception cref="DatasetFetchException">It cannot be had, or is not what it has to be.</exception>
    public async Task<DatasetFile> FetchAsync(string url, string? sha256, Action<long, long?>? progress, CancellationToken ct)
    {
        if (_policy.Objection(url) is { } objection)
            throw Failed($"blocked: {objection}");
        var address = new Uri(url);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(_options.FetchTimeout);
        try
        {
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw Failed($"expected an answer of 200. Received: {(int)response.StatusCode}{(response.Headers.Location is null ? "" : ", a redirect, which is not followed")}.");
            var announced = response.Content.Headers.ContentLength;
            if (announced > _options.MaxFileBytes)
                throw TooLarge(announced.Value);
            await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
            await using var watched = new WatchedStream(body, read =>
            {
                silence.CancelAfter(_options.FetchTimeout);
                if (read > _options.MaxFileBytes)
                    throw TooLarge(read);
                progress?.Invoke(read, announced);
            });
            var (found, size) = await _artifacts.PutAsync(watched, silence.Token);
            if (sha256 is not null && found != sha256)
                throw new DatasetFetchException(new DatasetError(
                    DatasetErrorCodes.ChecksumMismatch, $"expected a file with the SHA-256 {sha256}. Received: {found}.", Name(address)));
            return new DatasetFile(Name(address), found, size);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or WebhookBlockedException
            || exception is IOException and not DatasetFetchException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var reason = exception is OperationCanceledException ? "expected bytes in time. Received: none." : JudgedHttp.Innermost(exception).Message;
            throw Failed(reason, exception);
        }

        DatasetFetchException Failed(string reason, Exception? cause = null) =>
            new(new DatasetError(DatasetErrorCodes.DownloadFailed, $"{url}: {reason}"), cause);

        DatasetFetchException TooLarge(long bytes) =>
            new(new DatasetError(DatasetErrorCodes.TooLarge, $"{url}: expected at most {_options.MaxFileBytes} bytes (Datasets:MaxFileBytes). Received: {bytes} or more."));
    }

    public void Dispose() => _http.Dispose();

    private static string Name(Uri address) => FileLabel.Of(Uri.UnescapeDataString(address.Segments.LastOrDefault() ?? "").Replace('/', '_').Trim('_'));
}
