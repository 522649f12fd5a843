using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>The epochs of a job as one run: an attempt that goes back to an epoch replaces what an earlier attempt made of it and of all after it.</summary>
internal sealed class EpochHistory
{
    private static readonly string[] Types = [EventTypes.EpochBegin, EventTypes.EpochEnd, EventTypes.Evaluation];

    private readonly List<EpochMetrics> _epochs = [];
    private IReadOnlyDictionary<string, double?>? _evaluation;

    public static async Task<MetricsResponse> ReadAsync(Guid jobId, TrainingDb db, CancellationToken ct)
    {
        var history = new EpochHistory();
        var events = db.Events.AsNoTracking().Where(e => e.JobId == jobId && Types.Contains(e.Type)).OrderBy(e => e.Seq)
            .Select(e => new { e.Attempt, e.Type, e.Data });
        await foreach (var e in events.AsAsyncEnumerable().WithCancellation(ct))
            history.Add(e.Attempt, e.Type, e.Data);
        return new MetricsResponse(jobId, history._epochs, history._evaluation);
    }

    private void Add(int attempt, string type, JsonDocument data)
    {
        switch (type)
        {
            case EventTypes.EpochBegin:
                GoBackTo(data.Deserialize<EpochBeginEvent>(ContractsJson.Options)!.Epoch);
                break;
            case EventTypes.EpochEnd:
                var end = data.Deserialize<EpochEndEvent>(ContractsJson.Options)!;
                GoBackTo(end.Epoch);
                _epochs.Add(new EpochMetrics(end.Epoch, attempt, end.Logs, end.NonFinite, end.DurationSeconds));
                break;
            default:
                _evaluation = data.Deserialize<EvaluationEvent>(ContractsJson.Options)!.Logs;
                break;
        }
    }

    private void GoBackTo(int epoch)
    {
        _epochs.RemoveAll(earlier => earlier.Epoch >= epoch);
        _evaluation = null;
    }
}
