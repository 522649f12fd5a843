using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>Tells a database that is away, and will be back, from a bug and from a wrong request.</summary>
public static class DatabaseOutage
{
    /// <summary>Seconds after which to ask again.</summary>
    public const int RetryAfterSeconds = 5;

    /// <summary>Whether an exception, or one inside it, says that the database cannot be reached or does not get to it just now.</summary>
    public static bool IsDatabaseOutage(this Exception? exception) =>
        exception is not (null or OperationCanceledException)
        && (exception is DbException { IsTransient: true } or SocketException or TimeoutException or NpgsqlException { InnerException: IOException }
            || (exception is PostgresException { SqlState: var state } && IsAway(state))
            || exception.InnerException.IsDatabaseOutage());

    // 57P0x: shutting down, crashed, starting up. 57014, 55P03: it took too long, or a lock did. 08xxx: connection. 53xxx: no room, such as
    // too many connections.
    private static bool IsAway(string state) =>
        state is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
        || state.StartsWith("57P0", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal);
}
