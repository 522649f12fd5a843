using System.Data.Common;
using Npgsql;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Datasets;

/// <summary>Runs one change of versions together with its events, as one statement and so as one transaction.</summary>
internal sealed class DatasetSql(NpgsqlDataSource database)
{
    /// <summary>What every change returns; <c>at</c> is an instant after the row was locked, the same for all that is written with it.</summary>
    public const string Row = "id, attempt, last_seq, clock_timestamp() AS at";

    private readonly JobSql _sql = new(database);

    /// <param name="change">
    /// An INSERT or UPDATE of versions that returns at least <see cref="Row"/>, after adding <c>@n</c>, the number of events, to <c>last_seq</c>.
    /// </param>
    /// <param name="events">Added to each changed version, in order.</param>
    /// <param name="read">Reads what the change returned.</param>
    /// <param name="also">Further statements of the same transaction, which find the changed row as <c>changed</c>.</param>
    /// <param name="before">A statement that the change refers to, with its name: <c>named AS (…)</c>.</param>
    /// <returns>One entry per changed version.</returns>
#pragma warning disable CA1068 // the values follow the token, as in JobSql; what is rarely given stands behind them
    public Task<IReadOnlyList<T>> WriteAsync<T>(
        string change, IReadOnlyList<NewEvent> events, Func<DbDataReader, T> read, CancellationToken ct, (string Name, object? Value)[] values,
        IReadOnlyList<string>? also = null, string? before = null) =>
#pragma warning restore CA1068
        _sql.ReadAsync(
            $"""
            WITH {(before is null ? "" : before + ",")} changed AS ({change}),
            {string.Concat((also ?? []).Select((statement, i) => $"also{i} AS ({statement}),\n"))}
            added AS (
                INSERT INTO dataset_events (version_id, seq, attempt, type, data, created_at)
                SELECT changed.id, changed.last_seq - @n + event.n, changed.attempt, event.type, event.data::jsonb, changed.at
                FROM changed, unnest(@types, @data) WITH ORDINALITY AS event (type, data, n))
            SELECT * FROM changed
            """,
            read, ct,
            [
                .. values, ("n", events.Count), ("types", events.Select(e => e.Type).ToArray()),
                ("data", events.Select(e => JsonText.Of(e.Data)).ToArray()),
            ]);

    /// <inheritdoc cref="JobSql.ReadAsync{T}" />
    public Task<IReadOnlyList<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] values) => _sql.ReadAsync(sql, read, ct, values);
}
