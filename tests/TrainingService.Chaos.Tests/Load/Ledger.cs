using System.Text.Json;

namespace TrainingService.Chaos.Tests.Load;

/// <summary>What became of a submission, as its sender knows it.</summary>
internal enum Outcome
{
    /// <summary>It was sent; no answer so far, or none that says.</summary>
    Unknown,

    /// <summary>2xx, with the job's id.</summary>
    Acknowledged,

    /// <summary>4xx: there must be no job.</summary>
    Refused,
}

internal sealed record LedgerEntry(string Key, string Kind, Outcome Outcome, Guid? JobId);

/// <summary>
/// What a submitter knows, on disk before it counts: an entry is written and synced before its request goes out, and again before its answer is believed.
/// </summary>
internal sealed class Ledger(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write);
    private readonly Dictionary<string, LedgerEntry> _entries = [];

    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values];
        }
    }

    public void Write(LedgerEntry entry)
    {
        lock (_lock)
        {
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(entry));
            _file.WriteByte((byte)'\n');
            _file.Flush(flushToDisk: true);
            _entries[entry.Key] = entry;
        }
    }

    public void Dispose() => _file.Dispose();
}
