using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Datasets;

/// <summary>What became of a part.</summary>
public enum AppendOutcome
{
    NotFound,

    /// <summary>It is safe.</summary>
    Appended,

    /// <summary>It was the last one, and the file is the one that was announced.</summary>
    Completed,

    /// <summary>It does not begin where the one before ended; nothing was taken.</summary>
    WrongOffset,

    /// <summary>It goes on past the announced end; nothing was taken.</summary>
    TooLong,

    /// <summary>There are too many small ones; nothing was taken.</summary>
    TooManyParts,

    /// <summary>It was the last one, and the file is another one than announced: all of it is thrown away.</summary>
    Mismatch,
}

/// <param name="OffsetBytes">Where the next part begins.</param>
/// <param name="Sha256">The digest that was found instead of the announced one.</param>
public sealed record AppendResult(AppendOutcome Outcome, long OffsetBytes = 0, string? Sha256 = null);

/// <summary>A part did not end as it should: what came of it is safe, where it is.</summary>
public sealed class CutPartException(Exception cause) : IOException("The part was cut off.", cause);

/// <summary>Files that come in parts, and whole ones. Each change is one statement that names the offset it goes on from.</summary>
public sealed class UploadStore(NpgsqlDataSource database, IArtifactStore artifacts, IOptions<DatasetOptions> options)
{
    /// <summary>Parts of one file at most.</summary>
    public const int MaxParts = 10_000;

    private const string Columns = "id, file_name, size_bytes, sha256, offset_bytes, complete, created_at, updated_at";

    private readonly JobSql _sql = new(database);

    /// <summary>How long one stays that is left alone.</summary>
    public TimeSpan Life => options.Value.UploadLife;

    /// <summary>Announces a file.</summary>
    public async Task<UploadState> AddAsync(string fileName, long sizeBytes, string sha256, CancellationToken ct)
    {
        var added = await _sql.ReadAsync(
            $"""
            INSERT INTO uploads (id, file_name, size_bytes, sha256, offset_bytes, complete, created_at, updated_at)
            VALUES (@id, @name, @size, @sha256, 0, false, now(), now()) RETURNING {Columns}
            """,
            ReadState, ct, ("id", Guid.NewGuid()), ("name", FileLabel.Of(fileName)), ("size", sizeBytes), ("sha256", sha256)); // an id that nobody guesses
        return added[0];
    }

    /// <summary>Takes a whole file in, whatever its digest.</summary>
    public async Task<UploadState> AddWholeAsync(string? fileName, Stream content, CancellationToken ct)
    {
        var (sha256, size) = await artifacts.PutAsync(content, ct);
        var added = await _sql.ReadAsync(
            $"""
            INSERT INTO uploads (id, file_name, size_bytes, sha256, offset_bytes, complete, created_at, updated_at)
            VALUES (@id, @name, @size, @sha256, @size, true, now(), now()) RETURNING {Columns}
            """,
            ReadState, ct, ("id", Guid.NewGuid()), ("name", FileLabel.Of(fileName)), ("size", size), ("sha256", sha256));
        return added[0];
    }

    public async Task<UploadState?> FindAsync(Guid id, CancellationToken ct)
    {
        var found = await _sql.ReadAsync($"SELECT {Columns} FROM uploads WHERE id = @id", ReadState, ct, ("id", id));
        return found is [var state] ? state : null;
    }

    /// <summary>Takes a part in: what comes of it is safe, also when its sender goes away in the middle.</summary>
    public async Task<AppendResult> AppendAsync(Guid id, long offset, Stream content, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } upload)
            return new AppendResult(AppendOutcome.NotFound);
        if (upload.OffsetBytes != offset)
            return new AppendResult(AppendOutcome.WrongOffset, upload.OffsetBytes);
        if (upload.Complete)
            return new AppendResult(AppendOutcome.Completed, offset);
        if (await CountPartsAsync(id, ct) >= MaxParts)
            return new AppendResult(AppendOutcome.TooManyParts, offset);
        var part = new PartStream(content, upload.SizeBytes - offset);
        if (offset < upload.SizeBytes)
        {
            // Not under the request's token: what came is kept, also when its sender is gone.
            var (sha256, size) = await artifacts.PutAsync(part, CancellationToken.None);
            if (part.IsTooLong)
                return new AppendResult(AppendOutcome.TooLong, offset);
            if (size > 0 && !await TryAddPartAsync(id, offset, size, sha256))
                return await FindAsync(id, ct) is { } now ? new AppendResult(AppendOutcome.WrongOffset, now.OffsetBytes) : new AppendResult(AppendOutcome.NotFound);
            offset += size;
        }
        if (part.Cut is { } cut && offset < upload.SizeBytes)
            throw new CutPartException(cut);
        return offset < upload.SizeBytes ? new AppendResult(AppendOutcome.Appended, offset) : await CompleteAsync(upload, ct);
    }

    /// <summary>Ends one that nobody wants any more.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RemoveAsync(Guid id, CancellationToken ct) =>
        (await _sql.ReadAsync("DELETE FROM uploads WHERE id = @id RETURNING id", row => row.GetGuid(0), ct, ("id", id))).Count > 0;

    /// <summary>Forgets those that were left alone.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RemoveAbandonedAsync(CancellationToken ct) => (await _sql.ReadAsync(
        "DELETE FROM uploads WHERE updated_at < now() - @life RETURNING id", row => row.GetGuid(0), ct, ("life", options.Value.UploadLife))).Count;

    private async Task<bool> TryAddPartAsync(Guid id, long offset, long size, string sha256) => (await _sql.ReadAsync(
        """
        WITH grown AS (
            UPDATE uploads SET offset_bytes = offset_bytes + @size, updated_at = now() WHERE id = @id AND offset_bytes = @offset AND NOT complete RETURNING id)
        INSERT INTO upload_parts (upload_id, offset_bytes, size_bytes, sha256) SELECT id, @offset, @size, @sha256 FROM grown RETURNING upload_id
        """,
        row => row.GetGuid(0), CancellationToken.None, ("id", id), ("offset", offset), ("size", size), ("sha256", sha256))).Count > 0;

    /// <summary>Makes one content of the parts. Whoever comes twice does it twice, with the same end.</summary>
    private async Task<AppendResult> CompleteAsync(UploadState upload, CancellationToken ct)
    {
        var parts = await _sql.ReadAsync(
            "SELECT sha256 FROM upload_parts WHERE upload_id = @id ORDER BY offset_bytes", row => row.GetString(0), ct, ("id", upload.Id));
        await using var whole = new JoinedStream(artifacts, parts);
        var (sha256, size) = await artifacts.PutAsync(whole, ct);
        if (sha256 != upload.Sha256 || size != upload.SizeBytes)
        {
            // Another one may have completed it meanwhile; then this one read less than all parts.
            await _sql.ReadAsync("DELETE FROM uploads WHERE id = @id AND NOT complete RETURNING id", row => row.GetGuid(0), ct, ("id", upload.Id));
            return await FindAsync(upload.Id, ct) is { } now ? new AppendResult(AppendOutcome.Completed, now.OffsetBytes) : new AppendResult(AppendOutcome.Mismatch, 0, sha256);
        }
        var completed = await _sql.ReadAsync(
            """
            WITH done AS (UPDATE uploads SET complete = true, updated_at = now() WHERE id = @id RETURNING id),
            dropped AS (DELETE FROM upload_parts USING done WHERE upload_id = done.id)
            SELECT id FROM done
            """,
            row => row.GetGuid(0), ct, ("id", upload.Id));
        return new AppendResult(completed.Count > 0 ? AppendOutcome.Completed : AppendOutcome.NotFound, upload.SizeBytes);
    }

    private async Task<long> CountPartsAsync(Guid id, CancellationToken ct) =>
        (await _sql.ReadAsync("SELECT count(*) FROM upload_parts WHERE upload_id = @id", row => row.GetInt64(0), ct, ("id", id)))[0];

    private static UploadState ReadState(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetBoolean(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7));
}

/// <summary>How far an upload is.</summary>
public sealed record UploadState(
    Guid Id, string FileName, long SizeBytes, string Sha256, long OffsetBytes, bool Complete, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
