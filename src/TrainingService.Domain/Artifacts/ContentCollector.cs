using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TrainingService.Domain.Artifacts;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>How long content stays that no row names: its row may be on the way.</summary>
    [Range(1, 2_592_000)]
    public int GarbageGraceSeconds { get; init; } = 600;
}

[OptionsValidator]
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;

/// <summary>
/// Removes content that no artifact, checkpoint, data set or upload names. It must have been found so, and untouched, for the whole grace by this
/// process's own monotonic clock, so that a clock that jumps makes nothing old. Bytes whose row is copied from another row are safe without
/// it: the copy locks the row that it is made of.
/// </summary>
public sealed class ContentCollector(IArtifactStore artifacts, NpgsqlDataSource database, IOptions<StorageOptions> options, TimeProvider time)
{
    private const int Chunk = 1_000;

    private Dictionary<string, Found> _unnamed = [];

    /// <summary>One round over everything that is stored.</summary>
    /// <returns>What was removed.</returns>
    public async Task<IReadOnlyList<StoredContent>> CollectAsync(CancellationToken ct)
    {
        artifacts.RemoveLeftovers();
        var removed = new List<StoredContent>();
        var unnamed = new Dictionary<string, Found>();
        foreach (var contents in artifacts.Enumerate().Chunk(Chunk))
        {
            var digests = await ReadUnnamedAsync([.. contents.Select(content => content.Sha256)], ct);
            foreach (var content in contents.Where(content => digests.Contains(content.Sha256)))
            {
                var found = _unnamed.TryGetValue(content.Sha256, out var before) && before.At == content.At ? before : new Found(content.At, time.GetTimestamp());
                if (time.GetElapsedTime(found.Since) < TimeSpan.FromSeconds(options.Value.GarbageGraceSeconds))
                    unnamed[content.Sha256] = found;
                else if (artifacts.TryDelete(content))
                    removed.Add(content);
            }
        }
        _unnamed = unnamed;
        return removed;
    }

    private async Task<HashSet<string>> ReadUnnamedAsync(string[] digests, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT digest FROM unnest(@digests) AS digest
            WHERE NOT EXISTS (SELECT FROM artifacts WHERE sha256 = digest::character(64))
              AND NOT EXISTS (SELECT FROM checkpoints WHERE sha256 = digest::character(64))
              AND NOT EXISTS (SELECT FROM dataset_files WHERE sha256 = digest::character(64))
              AND NOT EXISTS (SELECT FROM uploads WHERE sha256 = digest::character(64) AND complete)
              AND NOT EXISTS (SELECT FROM upload_parts WHERE sha256 = digest::character(64))
            """);
        command.Parameters.AddWithValue("digests", digests);
        var unnamed = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            unnamed.Add(reader.GetString(0));
        return unnamed;
    }

    /// <param name="At">The content's own mark of when it was put.</param>
    /// <param name="Since">When it was first found without a row, by the monotonic clock.</param>
    private sealed record Found(DateTimeOffset At, long Since);
}
