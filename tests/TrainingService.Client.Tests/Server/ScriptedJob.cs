using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Server;

/// <summary>A job whose events are known beforehand.</summary>
public sealed class ScriptedJob
{
    public ScriptedJob(IEnumerable<object> data, JobStatus status = JobStatus.Succeeded)
    {
        Status = status;
        Id = Guid.CreateVersion7();
        Events = [.. Number(data)];
    }

    public Guid Id { get; }

    public JobStatus Status { get; }

    public IReadOnlyList<JobEvent> Events { get; }

    public long LastSeq => Events.Max(e => e.Seq ?? 0);

    /// <summary>What the service says of it over HTTP.</summary>
    public JobResponse Response => new(
        Id, "scripted", Status, Status.IsTerminal(), null, Status.IsTerminal() ? StopReason.Completed : null, null, 1, 3, 3, LastSeq,
        new Dictionary<string, double?>(), null, [], new Dictionary<string, string>(),
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(75));

    /// <summary>So many numbered log events, the last one <c>terminal</c>.</summary>
    public static ScriptedJob OfLength(int events) => new(
        [.. Enumerable.Range(1, events - 1).Select(n => new LogEvent("info", $"line {n}")), new TerminalEvent("succeeded", "completed", null)]);

    private IEnumerable<JobEvent> Number(IEnumerable<object> data)
    {
        long seq = 0;
        foreach (var item in data)
            yield return new JobEvent(item is ProgressEvent ? null : ++seq, Id, 1, Type(item), DateTimeOffset.UnixEpoch,
                JsonSerializer.SerializeToElement(item, item.GetType(), ContractsJson.Options));
    }

    private static string Type(object data) => data switch
    {
        StatusEvent => EventTypes.Status,
        ModelEvent => EventTypes.Model,
        ProgressEvent => EventTypes.Progress,
        EpochEndEvent => EventTypes.EpochEnd,
        EvaluationEvent => EventTypes.Evaluation,
        LogEvent => EventTypes.Log,
        TerminalEvent => EventTypes.Terminal,
        _ => throw new ArgumentOutOfRangeException(nameof(data), data, "expected the data of an event"),
    };
}
