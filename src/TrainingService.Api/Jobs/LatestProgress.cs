using System.Collections.Concurrent;
using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Events;

namespace TrainingService.Api.Jobs;

/// <summary>The last word of each running job about the inside of its epoch, as long as it is fresh. It is not stored: this is all there is.</summary>
internal sealed class LatestProgress : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, (int Attempt, ProgressEvent Progress, long At)> _latest = new();
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private long _prunedAt;

    public LatestProgress(BellListener bells, TimeProvider time)
    {
        _time = time;
        _prunedAt = time.GetTimestamp();
        _subscription = bells.Subscribe(Hear);
    }

    /// <summary>The progress of an attempt and how old it is; null when there was none lately.</summary>
    public (ProgressEvent Progress, TimeSpan Age)? Of(Guid jobId, int attempt) =>
        _latest.TryGetValue(jobId, out var latest) && latest.Attempt == attempt && _time.GetElapsedTime(latest.At) is var age && age < Freshness
            ? (latest.Progress, age)
            : null;

    public void Dispose() => _subscription.Dispose();

    private void Hear(Bell bell)
    {
        if (bell is not ProgressBell { Progress: var heard })
            return;
        _latest[heard.JobId] = (heard.Attempt, heard.Data.Deserialize<ProgressEvent>(ContractsJson.Options)!, _time.GetTimestamp());
        if (_time.GetElapsedTime(_prunedAt) < Freshness)
            return;
        _prunedAt = _time.GetTimestamp();
        foreach (var (id, latest) in _latest)
            if (_time.GetElapsedTime(latest.At) >= Freshness)
                _latest.TryRemove(id, out _);
    }
}
