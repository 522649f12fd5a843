using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TrainingService.Chaos.Tests.Load;

namespace TrainingService.Chaos.Tests;

/// <summary>F27 as far as there is anything to send: downloads. (Nobody can upload yet.)</summary>
public sealed class DownloadTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F27_a_download_that_is_cut_anywhere_goes_on_where_it_stopped()
    {
        var job = await fixture.Service.Client.Jobs.SubmitAsync(SmallJobs.Of("dropout", "calm-download", epochs: 1), Ct);
        await fixture.Service.Client.Jobs.WaitAsync(job.Id, Ct);
        var artifact = (await fixture.Service.Client.Jobs.ArtifactsAsync(job.Id, Ct)).Single(file => file.Name == CalmRun.Weights);
        var path = $"/v1/jobs/{job.Id}/artifacts/{artifact.Name}";
        foreach (var part in new[] { 0, 0.01, 0.5, 0.999 })
        {
            using var body = new MemoryStream();
            await ReadAndCutAsync(path, body, (long)(artifact.SizeBytes * part));
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Range = new RangeHeaderValue(body.Length, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{artifact.Sha256}\""));
            using var rest = await fixture.Service.Http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
            await rest.Content.CopyToAsync(body, Ct);
            Assert.Equal(artifact.SizeBytes, body.Length);
            Assert.Equal(artifact.Sha256, Convert.ToHexStringLower(SHA256.HashData(body.ToArray())));
        }
        using var stale = new HttpRequestMessage(HttpMethod.Get, path);
        stale.Headers.Range = new RangeHeaderValue(10, null);
        stale.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{new string('0', 64)}\""));
        using var whole = await fixture.Service.Http.SendAsync(stale, Ct);
        Assert.Equal((HttpStatusCode.OK, artifact.SizeBytes), (whole.StatusCode, whole.Content.Headers.ContentLength));
    }

    /// <summary>A client that goes away in the middle: its socket is reset, without a goodbye.</summary>
    private async Task ReadAndCutAsync(string path, MemoryStream body, long bytes)
    {
        var address = fixture.Service.Address;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(address.Host, address.Port, Ct);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"), Ct);
        var end = 0;
        while (end < 4 && stream.ReadByte() is >= 0 and var next)
            end = next == "\r\n\r\n"[end] ? end + 1 : next == '\r' ? 1 : 0;
        var buffer = new byte[4_096];
        while (body.Length < bytes)
            body.Write(buffer, 0, await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - body.Length)), Ct));
    }
}
