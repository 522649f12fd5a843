using System.Net;
using System.Net.Sockets;

namespace TrainingService.Domain.Webhooks;

/// <summary>Makes connections to the outside that trust nobody: only to addresses that were judged, without redirects, proxies, cookies or unpacking.</summary>
internal static class JudgedHttp
{
    /// <param name="judge">Gets host, port and what the name means now; gives the addresses that may be connected to, or throws.</param>
    /// <param name="maxDrainBytes">What is read at most of an answer that nobody wants.</param>
    public static SocketsHttpHandler Handler(Func<string, int, IReadOnlyList<IPAddress>, IReadOnlyList<IPAddress>> judge, int maxDrainBytes) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 64, // KiB
        MaxResponseDrainSize = maxDrainBytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, judge, ct),
    };

    /// <summary>What went wrong at the bottom of an exception.</summary>
    public static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint receiver, Func<string, int, IReadOnlyList<IPAddress>, IReadOnlyList<IPAddress>> judge, CancellationToken ct)
    {
        var addresses = judge(receiver.Host, receiver.Port, await Dns.GetHostAddressesAsync(receiver.Host, ct));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // To what was judged, and not to what the name means by now.
            await socket.ConnectAsync([.. addresses], receiver.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
