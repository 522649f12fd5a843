using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Engine.Training;

/// <summary>Whoever watches a run. Called on the training thread, in order; a slow observer slows training.</summary>
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

    /// <summary>A line for people.</summary>
    void OnLog(LogEvent line);

    /// <summary>A file in the output directory is complete; once per file.</summary>
    void OnFile(TrainerFile file);
}
