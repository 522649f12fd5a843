using System.Net.Sockets;
using Npgsql;

namespace TrainingService.Api.Problems;

/// <summary>Tells a database that is away from a bug: the first is answered with 503 and tried again, the second is a 500.</summary>
internal static class DatabaseOutage
{
    public const int RetryAfterSeconds = 5;

    public static bool IsDatabaseOutage(this Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is NpgsqlException npgsql)
                return npgsql.IsTransient || IsShutdown(npgsql.SqlState) || npgsql.InnerException is SocketException or IOException or TimeoutException;
        }
        return false;
    }

    // 57P0x: shutting down, crashed, starting up. 57014, 55P03: it took too long, or a lock did. 08xxx: connection. 53xxx: no room, such
    // as too many connections.
    private static bool IsShutdown(string? sqlState) =>
        sqlState is not null && (sqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable || sqlState.StartsWith("57P0", StringComparison.Ordinal)
            || sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState.StartsWith("53", StringComparison.Ordinal));
}
