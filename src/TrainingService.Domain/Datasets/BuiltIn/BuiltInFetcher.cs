using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;

namespace TrainingService.Domain.Datasets.BuiltIn;

/// <summary>A built-in data set's file could not be had.</summary>
public sealed class BuiltInFetchException(DatasetError error) : IOException(error.Message)
{
    public DatasetError Error => error;
}

/// <summary>Fetches the files of built-in data sets: from what is stored already, from mirrors, from their origin. Content without an accepted SHA-256 is not taken.</summary>
public sealed class BuiltInFetcher : IDisposable
{
    /// <summary>More than any built-in file has.</summary>
    private const long LargestBytes = 1L << 30;

    private readonly IArtifactStore _artifacts;
    private readonly MirrorOptions _options;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = Timeout.InfiniteTimeSpan, // silence is what is measured
    };

    public BuiltInFetcher(IArtifactStore artifacts, IOptions<MirrorOptions> options) => (_artifacts, _options) = (artifacts, options.Value);

    /// <summary>Fetches what is not stored yet.</summary>
    /// <param name="dataset">Which.</param>
    /// <param name="progress">Called with the bytes fetched so far, as they come; it must return at once.</param>
    /// <returns>Contents in the artifact store, by the files' names.</returns>
    /// <exception cref="BuiltInFetchException">A file cannot be had anywhere, or is not the right one; the message lists where it was looked for.</exception>
    public async Task<IReadOnlyList<DatasetFile>> FetchAsync(BuiltInDataset dataset, Action<long>? progress, CancellationToken ct)
    {
        List<DatasetFile> files = [];
        foreach (var file in dataset.Files)
        {
            var before = files.Sum(fetched => fetched.SizeBytes);
            files.Add(Stored(file) ?? await FetchAsync(dataset, file, bytes => progress?.Invoke(before + bytes), ct));
        }
        return files;
    }

    /// <summary>Content that an earlier fetch or upload left.</summary>
    private DatasetFile? Stored(BuiltInFile file)
    {
        foreach (var digest in file.Sha256.Where(_artifacts.TryRefresh))
        {
            using var content = _artifacts.TryOpen(digest);
            if (content is not null)
                return new DatasetFile(file.Name, digest, content.Length);
        }
        return null;
    }

    private async Task<DatasetFile> FetchAsync(BuiltInDataset dataset, BuiltInFile file, Action<long> progress, CancellationToken ct)
    {
        List<string> tried = [];
        var wrong = false;
        foreach (var address in Addresses(dataset.Name, file))
        {
            try
            {
                var (digest, size) = await PutAsync(address, progress, ct);
                if (file.Sha256.Contains(digest))
                    return new DatasetFile(file.Name, digest, size);
                wrong = true;
                tried.Add($"{address}: SHA-256 {digest}");
            }
            catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException or UnauthorizedAccessException
                || (failed is OperationCanceledException && !ct.IsCancellationRequested))
            {
                tried.Add($"{address}: {(failed is OperationCanceledException ? "no bytes in time" : failed.Message.TrimEnd('.'))}");
            }
        }
        throw new BuiltInFetchException(new DatasetError(
            wrong ? DatasetErrorCodes.ChecksumMismatch : DatasetErrorCodes.DownloadFailed,
            $"expected {file.Name} of {dataset.Name} with the SHA-256 {string.Join(" or ", file.Sha256)}, from a mirror (Datasets:Mirrors) or its origin. Received: {(tried.Count == 0 ? "no address to look at" : string.Join("; ", tried))}.",
            file.Name));
    }

    private IEnumerable<Uri> Addresses(string dataset, BuiltInFile file)
    {
        foreach (var mirror in _options.Mirrors.GetValueOrDefault(dataset, []))
            yield return Below(mirror, file.Name);
        foreach (var mirror in _options.Mirrors.GetValueOrDefault(MirrorOptions.All, []))
            yield return Below(mirror, $"{dataset}/{file.Name}");
        if (_options.UseOrigins)
            yield return new Uri(file.Origin, file.Name);

        static Uri Below(string folder, string name) => new(new Uri(folder.EndsWith('/') ? folder : folder + '/'), name);
    }

    private async Task<(string Sha256, long SizeBytes)> PutAsync(Uri address, Action<long> progress, CancellationToken ct)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(_options.MirrorTimeout);
        using var response = address.IsFile ? null : await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        if (response is { StatusCode: not HttpStatusCode.OK })
            throw new HttpRequestException($"expected an answer of 200. Received: {(int)response.StatusCode}.");
        await using var content = response is null ? File.OpenRead(address.LocalPath) : await response.Content.ReadAsStreamAsync(silence.Token);
        await using var counted = new WatchedStream(content, bytes =>
        {
            silence.CancelAfter(_options.MirrorTimeout);
            progress(bytes <= LargestBytes ? bytes : throw new IOException($"expected at most {LargestBytes} bytes. Received: more."));
        });
        return await _artifacts.PutAsync(counted, silence.Token);
    }

    public void Dispose() => _http.Dispose();
}
