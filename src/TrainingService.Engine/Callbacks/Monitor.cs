using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Callbacks;

/// <summary>Compares a watched figure: which way is better, and by how much.</summary>
/// <param name="direction">Which way is better.</param>
/// <param name="minDelta">Smallest change that counts; its sign does not matter, as in Keras.</param>
public readonly struct Monitor(Direction direction, double minDelta)
{
    /// <summary>Which way a figure gets better.</summary>
    /// <param name="name">Key in the logs, such as <c>val_loss</c>.</param>
    /// <param name="mode">What the callback says.</param>
    /// <param name="metrics">Metrics' names and what they say.</param>
    /// <exception cref="ArgumentException">The mode is auto and nobody knows.</exception>
    public static Direction DirectionOf(string name, MonitorMode mode, IReadOnlyDictionary<string, Direction?> metrics)
    {
        var plain = name.StartsWith("val_", StringComparison.Ordinal) ? name[4..] : name;
        return mode switch
        {
            MonitorMode.Min => Direction.Down,
            MonitorMode.Max => Direction.Up,
            _ when plain == "loss" => Direction.Down,
            _ when metrics.GetValueOrDefault(plain) is { } direction => direction,
            _ => throw new ArgumentException($"monitor: expected loss, {string.Join(", ", metrics.Keys)} (or val_…), or a mode other than auto where the figure does not say which way is better. Received: {name}.", nameof(name)),
        };
    }

    private readonly double _minDelta = Math.Abs(minDelta);

    /// <summary>Whether a value is better than another; anything is better than none. Compared in float32, as Keras's tensors are.</summary>
    public bool IsImprovement(double value, double? reference) =>
        reference is not { } best || (direction == Direction.Up ? (float)(value - _minDelta) > (float)best : (float)(value + _minDelta) < (float)best);
}
