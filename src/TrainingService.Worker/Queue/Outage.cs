using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrainingService.Worker.Queue;

/// <summary>Rides out a database that is away for a while: the same thing again until it answers.</summary>
internal sealed class Outage(TimeProvider time, ILogger<Outage> logger)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Repeats while the database is away; everything else that goes wrong is thrown. The name of what is done is for the log.</summary>
    public async Task<T> RetryAsync<T>(string what, Func<Task<T>> operation, CancellationToken ct)
    {
        var pause = _firstPause;
        while (true)
        {
            try
            {
                return await operation();
            }
            catch (Exception exception) when (IsOutage(exception) && !ct.IsCancellationRequested)
            {
                logger.LogWarning("The database is away ({Reason}); will {What} again in {Pause} ms.", exception.Message, what, pause.TotalMilliseconds);
            }
            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, ct);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    /// <summary>Whether an exception says that the database cannot be reached just now, and not that the request was wrong.</summary>
    public static bool IsOutage(Exception? exception) =>
        exception is not null
        && (exception is DbException { IsTransient: true } or SocketException or TimeoutException
            || exception is PostgresException { SqlState: var state } && IsOutage(state)
            || IsOutage(exception.InnerException));

    // The server is being stopped, restarts after a crash, or ended a statement that waited too long.
    private static bool IsOutage(string sqlState) => sqlState.StartsWith("57P", StringComparison.Ordinal) || sqlState == PostgresErrorCodes.QueryCanceled;
}
