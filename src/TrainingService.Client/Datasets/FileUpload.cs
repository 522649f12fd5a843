using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using TrainingService.Client.Http;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Datasets;

/// <summary>One file to the service: announced with its SHA-256, sent in parts, gone on with where the service is.</summary>
internal sealed class FileUpload(ServiceHttp http, TrainingServiceClientOptions options, IProgress<UploadProgress>? progress)
{
    private const int PartBytes = 16 << 20;
    private const string OffsetHeader = "Upload-Offset";

    public async Task<UploadResponse> RunAsync(string path, string fileName, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        var request = JsonSerializer.SerializeToElement(new UploadRequest(fileName, file.Length, sha256), ContractsJson.Options);
        var upload = await http.MakeAsync<UploadResponse>("v1/uploads", request, key: null, ct);
        var offset = 0L;
        var buffer = new byte[Math.Min(PartBytes, Math.Max(1, file.Length))];
        do
            offset = await SendPartAsync(upload.Id, file, offset, buffer, ct);
        while (offset < file.Length);
        return await http.GetAsync<UploadResponse>($"v1/uploads/{upload.Id}", ct);
    }

    /// <returns>Where the next part begins.</returns>
    private async Task<long> SendPartAsync(Guid id, FileStream file, long offset, byte[] buffer, CancellationToken ct)
    {
        var backoff = new Backoff(options);
        while (true)
        {
            try
            {
                file.Position = offset;
                var size = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
                var next = await SendAsync(id, offset, buffer.AsMemory(0, size), ct);
                progress?.Report(new UploadProgress(next, file.Length));
                return next;
            }
            catch (TrainingServiceException refused) when (refused.Problem.Status == (int)HttpStatusCode.Conflict && backoff.Failures < options.MaxRequestAttempts - 1)
            {
                // A part whose answer was lost, or that broke off: the service says how far it is.
                backoff.Next();
                offset = (await http.GetAsync<UploadResponse>($"v1/uploads/{id}", ct)).Offset;
            }
            catch (Exception exception) when (Backoff.IsTransient(exception, ct) && backoff.Failures < options.MaxRequestAttempts - 1)
            {
                await Task.Delay(backoff.Next((exception as TrainingServiceException)?.RetryAfter), ct);
            }
        }
    }

    /// <returns>How far the service says it is; an answer that does not say so comes from somebody else.</returns>
    private async Task<long> SendAsync(Guid id, long offset, ReadOnlyMemory<byte> part, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, http.Address($"v1/uploads/{id}")) { Content = new ReadOnlyMemoryContent(part) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        request.Headers.Add(OffsetHeader, $"{offset}");
        using var response = await http.OpenAsync(request, ct);
        return response.Headers.TryGetValues(OffsetHeader, out var values) && long.TryParse(values.First(), out var next) && next >= offset
            ? next : throw new IOException($"{request.RequestUri}: expected an answer with {OffsetHeader}. Received: {(int)response.StatusCode} without.");
    }
}
