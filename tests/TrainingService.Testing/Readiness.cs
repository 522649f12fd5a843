using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TrainingService.Testing;

/// <summary>Waits for a program of the service that listens on a loopback port.</summary>
public static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Returns when the program says that it is ready.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="process">The program; its end ends the waiting.</param>
    /// <param name="log">What it has said.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task WaitAsync(Uri address, Process process, Func<string> log, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The program ended with code {process.ExitCode}.\n{log()}");
            try
            {
                using var answer = await http.GetAsync("healthz/ready", limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                continue; // does not listen yet; the next tick asks again
            }
        }
    }
}
