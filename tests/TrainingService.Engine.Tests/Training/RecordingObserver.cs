using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

/// <summary>Keeps everything that a run says; a test may act on an event.</summary>
internal sealed class RecordingObserver(Action<object>? act = null) : ITrainingObserver
{
    private readonly Lock _lock = new();
    private readonly List<object> _all = [];

    public IReadOnlyList<object> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    public IEnumerable<T> Of<T>() => All.OfType<T>();

    public IEnumerable<JobPhase> Phases => Of<TrainerPhase>().Select(phase => phase.Phase);

    public void OnPhase(TrainerPhase phase) => Keep(phase);

    public void OnModel(ModelEvent model) => Keep(model);

    public void OnEpochBegin(EpochBeginEvent epoch) => Keep(epoch);

    public void OnProgress(ProgressEvent progress) => Keep(progress);

    public void OnEpochEnd(EpochEndEvent epoch) => Keep(epoch);

    public void OnEvaluation(EvaluationEvent evaluation) => Keep(evaluation);

    public void OnStep(StepEvent step) => Keep(step);

    public void OnResumed(ResumedEvent resumed) => Keep(resumed);

    public void OnCheckpoint(TrainerCheckpointFile checkpoint) => Keep(checkpoint);

    public void OnLog(LogEvent line) => Keep(line);

    public void OnFile(TrainerFile file) => Keep(file);

    private void Keep(object happened)
    {
        lock (_lock) // checkpoints come from the thread that wrote them
            _all.Add(happened);
        act?.Invoke(happened);
    }
}
