using System.Collections.Concurrent;
using TrainingService.Contracts.Events;

namespace TrainingService.Client.Tests.Server;

/// <summary>What the test's server has and how it misbehaves.</summary>
public sealed class Script
{
    public Dictionary<Guid, ScriptedJob> Jobs { get; } = [];

    /// <summary>Numbers after which the server drops the connection, once each.</summary>
    public ConcurrentDictionary<long, bool> DropAfter { get; } = new();

    /// <summary>Numbers that the server leaves out, as often as the value says.</summary>
    public ConcurrentDictionary<long, int> LeaveOut { get; } = new();

    /// <summary>Rows before the asked number that the server sends again.</summary>
    public int Repeat { get; set; }

    /// <summary>Holds a stream back before this number until <see cref="Release"/>.</summary>
    public long HoldBefore { get; set; } = long.MaxValue;

    public TaskCompletionSource Release { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a stream was told to end by its reader.</summary>
    public TaskCompletionSource StreamStopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The <c>after</c> of every subscription, in order.</summary>
    public ConcurrentQueue<long> Subscriptions { get; } = new();

    public byte[] File { get; set; } = [];

    /// <summary>What the listing says; null is the truth.</summary>
    public string? FileSha256 { get; set; }

    /// <summary>Bytes after which a download's connection breaks, one entry per request.</summary>
    public ConcurrentQueue<int> BreakDownloadAfter { get; } = new();

    /// <summary>The first byte asked for by every download request.</summary>
    public ConcurrentQueue<long> RangeStarts { get; } = new();

    public bool IgnoreRanges { get; set; }

    public Script Add(ScriptedJob job)
    {
        Jobs.Add(job.Id, job);
        return this;
    }

    /// <summary>Whether to leave this event out now.</summary>
    public bool LeavesOut(JobEvent item)
    {
        if (item.Seq is not { } seq || !LeaveOut.TryGetValue(seq, out var times) || times == 0)
            return false;
        LeaveOut[seq] = times - 1;
        return true;
    }
}
