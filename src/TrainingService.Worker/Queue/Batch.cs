using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>Messages of a trainer as the events and the change of the job's row that they mean; stored together.</summary>
internal sealed class Batch
{
    private readonly List<NewEvent> _events = [];
    private Dictionary<string, double?>? _metrics;
    private JobPhase? _phase;
    private int? _epoch;
    private ResumePoint? _resumed;

    public int Count => _events.Count;

    public IReadOnlyList<NewEvent> Events => _events;

    public JobUpdate? Update => (_phase, _epoch, _metrics, _resumed) is (null, null, null, null) ? null : new JobUpdate(_phase, _epoch, _metrics, _resumed);

    /// <exception cref="InvalidDataException">A trainer has no business to say that.</exception>
    public void Add(TrainerMessage message)
    {
        switch (message.Type)
        {
            case TrainerMessageTypes.Phase:
                _phase = Read<TrainerPhase>(message).Phase;
                var status = new StatusEvent("running", JsonNamingPolicy.SnakeCaseLower.ConvertName(_phase.ToString()!), null);
                _events.Add(new NewEvent(EventTypes.Status, JsonSerializer.SerializeToElement(status, ContractsJson.Options)));
                return;
            case EventTypes.EpochEnd:
                var epoch = Read<EpochEndEvent>(message);
                _epoch = epoch.Epoch;
                Merge(epoch.Logs, "");
                break;
            case EventTypes.Resumed:
                var resumed = Read<ResumedEvent>(message);
                _resumed = new ResumePoint(resumed.FromEpoch, resumed.Step);
                break;
            case EventTypes.Evaluation:
                Merge(Read<EvaluationEvent>(message).Logs, "test_");
                break;
            case EventTypes.Model or EventTypes.EpochBegin or EventTypes.Step or EventTypes.Log:
                break;
            default:
                throw new InvalidDataException($"type: expected a message of a trainer. Received: \"{message.Type}\".");
        }
        _events.Add(new NewEvent(message.Type, message.Data));
    }

    public static T Read<T>(TrainerMessage message) =>
        message.Data.Deserialize<T>(ContractsJson.Options) ?? throw new InvalidDataException($"{message.Type}: expected data. Received: null.");

    private void Merge(IReadOnlyDictionary<string, double?> logs, string prefix)
    {
        _metrics ??= [];
        foreach (var (name, value) in logs)
            _metrics[prefix + name] = value;
    }
}
