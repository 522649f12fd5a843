using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Engine.Training;

/// <summary>Whoever watches a run. Called on the training thread, in order, but where a method says otherwise; a slow observer slows training.</summary>
public interface ITrainingObserver
{
    /// <summary>The run enters a phase.</summary>
    void OnPhase(TrainerPhase phase);

    /// <summary>The model is built.</summary>
    void OnModel(ModelEvent model);

    /// <summary>An epoch begins.</summary>
    void OnEpochBegin(EpochBeginEvent epoch);

    /// <summary>Inside an epoch, a few times a second.</summary>
    void OnProgress(ProgressEvent progress);

    /// <summary>An epoch is over.</summary>
    void OnEpochEnd(EpochEndEvent epoch);

    /// <summary>The final evaluation.</summary>
    void OnEvaluation(EvaluationEvent evaluation);

    /// <summary>A training step whose figures are asked for.</summary>
    void OnStep(StepEvent step);

    /// <summary>The run goes on from a checkpoint.</summary>
    void OnResumed(ResumedEvent resumed);

    /// <summary>A checkpoint is complete and on the disk. Called on the thread that wrote it, while training goes on.</summary>
    void OnCheckpoint(TrainerCheckpointFile checkpoint);

    /// <summary>A line for people; also from the thread that writes checkpoints.</summary>
    void OnLog(LogEvent line);

    /// <summary>A file in the output directory is complete; once per file.</summary>
    void OnFile(TrainerFile file);
}
