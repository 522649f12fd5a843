using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

/// <summary>Keeps everything that a run says; a test may act on an event.</summary>
internal sealed class RecordingObserver(Action<object>? act = null) : ITrainingObserver
{
    public List<object> All { get; } = [];

    public IEnumerable<T> Of<T>() => All.OfType<T>();

    public IEnumerable<JobPhase> Phases => Of<TrainerPhase>().Select(phase => phase.Phase);

    public void OnPhase(TrainerPhase phase) => Keep(phase);

    public void OnModel(ModelEvent model) => Keep(model);

    public void OnEpochBegin(EpochBeginEvent epoch) => Keep(epoch);

    public void OnProgress(ProgressEvent progress) => Keep(progress);

    public void OnEpochEnd(EpochEndEvent epoch) => Keep(epoch);

    public void OnEvaluation(EvaluationEvent evaluation) => Keep(evaluation);

    public void OnLog(LogEvent line) => Keep(line);

    public void OnFile(TrainerFile file) => Keep(file);

    private void Keep(object happened)
    {
        All.Add(happened);
        act?.Invoke(happened);
    }
}
