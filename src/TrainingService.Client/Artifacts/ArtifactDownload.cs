using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using TrainingService.Client.Http;
using TrainingService.Contracts.Artifacts;

namespace TrainingService.Client.Artifacts;

/// <summary>One file from the service to the disk: resumed by range, checked by SHA-256, renamed at the end.</summary>
internal sealed class ArtifactDownload(ServiceHttp http, Backoff backoff, int maxAttempts, Uri address, IProgress<DownloadProgress>? progress)
{
    private const int BufferBytes = 128 * 1024;

    public async Task<ArtifactResponse> RunAsync(Func<Task<ArtifactResponse>> findAsync, string path, CancellationToken ct)
    {
        var artifact = await findAsync();
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // The digest in the name: bytes of another content are never taken for a part of this one.
        var part = $"{path}.{artifact.Sha256[..16]}.part";
        await using (var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.Asynchronous))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (file.Length > artifact.SizeBytes)
                file.SetLength(0);
            await AddExistingAsync(file, hash, ct);
            await FetchAsync(artifact, file, hash, ct);
            var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (sha256 != artifact.Sha256)
            {
                file.SetLength(0);
                throw new InvalidDataException($"{artifact.Name}: expected SHA-256 {artifact.Sha256}. Received: {sha256}.");
            }
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
        return artifact;
    }

    private async Task FetchAsync(ArtifactResponse artifact, FileStream file, IncrementalHash hash, CancellationToken ct)
    {
        while (file.Length < artifact.SizeBytes)
        {
            var before = file.Length;
            try
            {
                await FetchRestAsync(artifact, file, hash, ct);
                if (file.Length < artifact.SizeBytes)
                    throw new IOException($"{artifact.Name}: expected {artifact.SizeBytes} bytes. Received: {file.Length}.");
            }
            catch (Exception exception) when (Backoff.IsTransient(exception, ct))
            {
                if (file.Length > before)
                    backoff.Reset();
                else if (backoff.Failures + 1 >= maxAttempts)
                    throw;
                await Task.Delay(backoff.Next(), ct);
            }
        }
    }

    private async Task FetchRestAsync(ArtifactResponse artifact, FileStream file, IncrementalHash hash, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (file.Length > 0)
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using var response = await http.OpenAsync(request, ct);
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != file.Length)
        {
            // The server sends the whole file, or cannot continue at this place.
            file.SetLength(0);
            hash.GetHashAndReset();
            if (response.StatusCode != HttpStatusCode.OK)
                throw new IOException($"{artifact.Name}: the server cannot continue the download.");
        }
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(0, BufferBytes), ct)) > 0)
            {
                if (file.Length + read > artifact.SizeBytes)
                    throw new InvalidDataException($"{artifact.Name}: expected {artifact.SizeBytes} bytes. Received more.");
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
                hash.AppendData(buffer, 0, read);
                progress?.Report(new DownloadProgress(file.Length, artifact.SizeBytes));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task AddExistingAsync(FileStream file, IncrementalHash hash, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        int read;
        file.Position = 0;
        while ((read = await file.ReadAsync(buffer, ct)) > 0)
            hash.AppendData(buffer, 0, read);
    }
}
