using TrainingService.Client;
using TrainingService.Client.Events;

namespace TrainingService.Dashboard.Shell;

/// <summary>Whether the page shown is connected to the service; the layout's banner and the dot in the bar follow it.</summary>
public sealed class ConnectionState(TrainingServiceClient client)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1.5);

    /// <summary>Raised when <see cref="Status"/> changes.</summary>
    public event Action? Changed;

    /// <summary>Null while no page keeps a connection.</summary>
    public StreamStatus? Status { get; private set; }

    public bool IsLost => Status?.State == StreamState.Reconnecting;

    public void Report(StreamStatus? status)
    {
        Status = status;
        Changed?.Invoke();
    }

    /// <summary>Does something that needs the service; while the service does not answer, says so and tries again.</summary>
    /// <exception cref="TrainingServiceException">The service answered with a refusal.</exception>
    public async Task<T> WhenReachableAsync<T>(Func<TrainingServiceClient, Task<T>> ask, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_period);
        while (true)
        {
            try
            {
                var answer = await ask(client);
                if (IsLost)
                    Report(null);
                return answer;
            }
            catch (Exception exception) when (IsUnreachable(exception) && !ct.IsCancellationRequested)
            {
                Report(new StreamStatus(StreamState.Reconnecting, exception, s_period));
                await timer.WaitForNextTickAsync(ct);
            }
        }
    }

    /// <summary>No answer at all, or a server that says it is not up to it just now.</summary>
    public static bool IsUnreachable(Exception exception) =>
        exception is HttpRequestException or TrainingServiceException { Problem.Status: 502 or 503 or 504 };
}
