using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I18: rows and files say the same, and downloads say what the rows say.</summary>
internal sealed class FileInvariants(ServiceUnderFault service)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    // A folder of a run whose worker was killed stays for ten minutes: its worker may be slow and about to remove it itself.
    private static readonly TimeSpan FolderLife = TimeSpan.FromMinutes(12);

    private string Content => Path.Combine(service.Storage, "artifacts");

    private string Runs => Path.Combine(service.Storage, "runs");

    /// <summary>Waits until content that nothing names is cleared away; what is not by then, the check tells.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        try
        {
            while ((await UnnamedAsync(limit.Token)).Count > 0)
                await timer.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return;
        }
    }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        var violations = LeftFolders().Select(folder => $"I18 a run's folder goes with the run. Found: {folder}").ToList();
        violations.AddRange((await UnnamedAsync(ct)).Select(file => $"I18 every file has a row. Found: {file} without"));
        violations.AddRange(
            from file in Directory.EnumerateFiles(Path.Combine(Content, "tmp"))
            where File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddHours(-1)
            select $"I18 no temporary file gets old. Found: {file}");
        foreach (var named in await NamedAsync(ct))
            violations.AddRange(await CheckContentAsync(named, ct));
        return violations;
    }

    private async Task<IReadOnlyList<string>> CheckContentAsync(Named named, CancellationToken ct)
    {
        var path = PathOf(named.Sha256);
        if (!File.Exists(path))
            return [$"I18 every row has a file. Found: job {named.JobId}, {named.Name}, without {path}"];
        await using var file = File.OpenRead(path);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        if (sha256 != named.Sha256 || file.Length != named.Size)
            return [$"I18 a file is what its row says. Found: job {named.JobId}, {named.Name}, {file.Length} bytes {sha256}, in the row {named.Size} bytes {named.Sha256}"];
        return named.IsCheckpoint ? [] : await CheckDownloadAsync(named, ct);
    }

    private async Task<IReadOnlyList<string>> CheckDownloadAsync(Named named, CancellationToken ct)
    {
        var violations = new List<string>();
        void Expect(bool holds, string what)
        {
            if (!holds)
                violations.Add($"I18 a download is what its row says. Found: job {named.JobId}, {named.Name}, {what}");
        }

        var address = $"v1/jobs/{named.JobId}/artifacts/{string.Join('/', named.Name.Split('/').Select(Uri.EscapeDataString))}";
        using var whole = await service.Http.GetAsync(address, ct);
        var body = await whole.Content.ReadAsByteArrayAsync(ct);
        Expect(whole.StatusCode == HttpStatusCode.OK, $"status {(int)whole.StatusCode}");
        Expect(whole.Content.Headers.ContentLength == named.Size && body.Length == named.Size, $"Content-Length {whole.Content.Headers.ContentLength}, {body.Length} bytes");
        Expect(Convert.ToHexStringLower(SHA256.HashData(body)) == named.Sha256, "other bytes");
        Expect(whole.Headers.ETag?.Tag == $"\"{named.Sha256}\"", $"ETag {whole.Headers.ETag}");
        Expect(
            whole.Headers.TryGetValues("Repr-Digest", out var digest) && digest.Single() == $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(named.Sha256))}:",
            "another Repr-Digest");
        foreach (var at in new[] { 0, body.Length - 1 }.Where(at => body.Length > at && at >= 0).Distinct())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = new RangeHeaderValue(at, at);
            using var part = await service.Http.SendAsync(request, ct);
            var bytes = await part.Content.ReadAsByteArrayAsync(ct);
            Expect(part.StatusCode == HttpStatusCode.PartialContent && bytes.AsSpan().SequenceEqual(body.AsSpan(at, 1)), $"byte {at} alone: {(int)part.StatusCode}");
        }
        return violations;
    }

    private Task<IReadOnlyList<Named>> NamedAsync(CancellationToken ct) => service.Postgres.QueryAsync(
        """
        SELECT job_id, name, sha256, size_bytes, false FROM artifacts
        UNION ALL SELECT job_id, 'checkpoint ' || number, sha256, size_bytes, true FROM checkpoints
        """,
        row => new Named(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetBoolean(4)), ct);

    private async Task<IReadOnlyList<string>> UnnamedAsync(CancellationToken ct)
    {
        var named = (await NamedAsync(ct)).Select(row => row.Sha256).ToHashSet();
        return [.. Directory.EnumerateFiles(Content, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "tmp" && !named.Contains(Path.GetFileName(file)))];
    }

    private IReadOnlyList<string> LeftFolders() => Directory.Exists(Runs) ? [.. Directory.EnumerateDirectories(Runs).Where(folder => Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow - FolderLife)] : [];

    private string PathOf(string sha256) => Path.Combine(Content, sha256[..2], sha256[2..4], sha256);

    private sealed record Named(Guid JobId, string Name, string Sha256, long Size, bool IsCheckpoint);
}
