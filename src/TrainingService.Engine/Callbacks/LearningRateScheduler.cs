using TrainingService.Engine.Schedules;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Sets the learning rate at the beginning of every epoch and logs it.</summary>
public sealed class LearningRateScheduler(Specs.LearningRateScheduler spec) : Callback
{
    private readonly Func<float, float>? _decay = spec.Schedule.Decay is { } decay ? ScheduleTable.Find(decay) : null;

    /// <inheritdoc />
    public override void OnEpochBegin(int epoch) =>
        Fit.Optimizer.LearningRate = _decay?.Invoke(epoch) ?? spec.Schedule.RateAt(epoch, Fit.Optimizer.LearningRate);

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs) => logs["learning_rate"] = Fit.Optimizer.LearningRate;
}
