using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Sets the learning rate at the beginning of every epoch; puts <c>learning_rate</c> into the logs.</summary>
/// <param name="Schedule">
/// What Keras takes as a Python function, as data: a list with a rate per epoch, an expression of <c>epoch</c> (from 0) and <c>lr</c>
/// (the rate so far) such as <c>"lr if epoch &lt; 10 else lr * exp(-0.1)"</c>, or one of Keras's schedules, counting epochs; see <see cref="EpochSchedule"/>.
/// </param>
[Ignores("verbose")]
public sealed record LearningRateScheduler(EpochSchedule Schedule) : CallbackSpec;
