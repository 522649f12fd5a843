using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;
using TrainingService.Worker.Child;

namespace TrainingService.Worker.Trainer;

/// <summary>What happens in a run, as messages.</summary>
internal sealed class MessageObserver(MessageWriter messages) : ITrainingObserver
{
    public void OnPhase(TrainerPhase phase)
    {
        Pulse.BeatBatch();
        messages.Write(TrainerMessageTypes.Phase, phase);
    }

    public void OnModel(ModelEvent model) => messages.Write(EventTypes.Model, model);

    public void OnEpochBegin(EpochBeginEvent epoch) => messages.Write(EventTypes.EpochBegin, epoch);

    public void OnProgress(ProgressEvent progress) => messages.Write(EventTypes.Progress, progress);

    public void OnEpochEnd(EpochEndEvent epoch) => messages.Write(EventTypes.EpochEnd, epoch);

    public void OnEvaluation(EvaluationEvent evaluation) => messages.Write(EventTypes.Evaluation, evaluation);

    public void OnStep(StepEvent step) => messages.Write(EventTypes.Step, step);

    public void OnResumed(ResumedEvent resumed) => messages.Write(EventTypes.Resumed, resumed);

    public void OnCheckpoint(TrainerCheckpointFile checkpoint) => messages.Write(TrainerMessageTypes.Checkpoint, checkpoint);

    public void OnLog(LogEvent line) => messages.Write(EventTypes.Log, line);

    public void OnFile(TrainerFile file) => messages.Write(TrainerMessageTypes.File, file);
}
