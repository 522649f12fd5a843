using System.Data.Common;
using System.Text.Json;
using Npgsql;
using TrainingService.Contracts.Json;

namespace TrainingService.Domain.Jobs;

/// <summary>Runs one change of jobs together with its events, as one statement and so as one transaction.</summary>
internal sealed class JobSql(NpgsqlDataSource database)
{
    /// <summary>What every change returns; <c>at</c> is an instant after the row was locked, the same for all that is written with it.</summary>
    public const string Row = "id, attempt, last_seq, started_at, clock_timestamp() AS at";

    private const int Tries = 5;

    /// <param name="change">
    /// An INSERT or UPDATE of jobs that returns at least <see cref="Row"/>, after adding <c>@n</c>, the number of events, to <c>last_seq</c>.
    /// </param>
    /// <param name="events">Added to each changed job, in order.</param>
    /// <param name="read">Reads what the change returned.</param>
    /// <returns>One entry per changed job.</returns>
    public Task<IReadOnlyList<T>> WriteAsync<T>(
        string change, IReadOnlyList<NewEvent> events, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] values) =>
        WriteAsync(change, also: "SELECT", events, read, ct, values);

    /// <param name="also">Further statements of the same transaction, which find the changed row as <c>job</c>.</param>
    public Task<IReadOnlyList<T>> WriteAsync<T>(
        string change, string also, IReadOnlyList<NewEvent> events, Func<DbDataReader, T> read, CancellationToken ct,
        params (string Name, object? Value)[] values) => WriteAsync(change, [also], events, read, ct, values);

    /// <inheritdoc cref="WriteAsync{T}(string, string, IReadOnlyList{NewEvent}, Func{DbDataReader, T}, CancellationToken, ValueTuple{string, object?}[])" />
    public Task<IReadOnlyList<T>> WriteAsync<T>(
        string change, IReadOnlyList<string> also, IReadOnlyList<NewEvent> events, Func<DbDataReader, T> read, CancellationToken ct,
        params (string Name, object? Value)[] values) =>
        ReadAsync(
            $"""
            WITH job AS ({change}),
            {string.Concat(also.Select((statement, i) => $"also{i} AS ({statement}),\n"))}
            added AS (
                INSERT INTO job_events (job_id, seq, attempt, type, data, created_at)
                SELECT job.id, job.last_seq - @n + event.n, job.attempt, event.type, event.data::jsonb, job.at
                FROM job, unnest(@types, @data) WITH ORDINALITY AS event (type, data, n))
            SELECT * FROM job
            """,
            read, ct,
            [
                .. values, ("n", events.Count), ("types", events.Select(e => e.Type).ToArray()),
                ("data", events.Select(e => JsonText.Of(e.Data)).ToArray()),
            ]);

    /// <summary>Runs a statement, again when the server asks for that (deadlock, serialization failure: nothing was done).</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] values)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = database.CreateCommand(sql);
                foreach (var (name, value) in values)
                    command.Parameters.AddWithValue(name, value ?? DBNull.Value);
                await using var reader = await command.ExecuteReaderAsync(ct);
                var rows = new List<T>();
                while (await reader.ReadAsync(ct))
                    rows.Add(read(reader));
                return rows;
            }
            catch (PostgresException e)
                when (attempt < Tries && e.SqlState is (PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure))
            {
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
            {
                // statement_timeout: the server is too busy, and nothing was done.
                throw new TimeoutException("The database did not answer in time.", e);
            }
        }
    }

    public static T Json<T>(DbDataReader row, string column) =>
        JsonSerializer.Deserialize<T>(row.GetString(row.GetOrdinal(column)), ContractsJson.Options)
            ?? throw new InvalidDataException($"{column}: expected JSON. Received: null");
}
