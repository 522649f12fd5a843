namespace TrainingService.Contracts.Schedules;

/// <summary>A learning rate: on the wire a number, or a schedule as <c>{"class_name": …, "config": {…}}</c>.</summary>
/// <param name="Value">The rate, where it does not follow a schedule.</param>
/// <param name="Schedule">The schedule, or null.</param>
public sealed record LearningRate(double Value, LearningRateScheduleSpec? Schedule = null)
{
    /// <summary>A constant rate.</summary>
    public static implicit operator LearningRate(double value) => new(value);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(LearningRateScheduleSpec schedule) => new(double.NaN, schedule);
}
