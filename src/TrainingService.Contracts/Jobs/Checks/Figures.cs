using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>The figures that the logs of a job will have.</summary>
/// <param name="Keys">Their names, with the direction in which each gets better; null where there is none.</param>
/// <param name="Complete">False when something could not be read, so that more may exist.</param>
/// <param name="WithoutValidation">Why there are no <c>val_…</c> figures, or null when there are.</param>
internal sealed record Figures(IReadOnlyDictionary<string, Direction?> Keys, bool Complete, string? WithoutValidation)
{
    /// <summary>Stands for an output that is not known.</summary>
    private static readonly Shape AnyOutput = new(null, 2);

    /// <param name="metrics">Those that could be read, each with the shape of its output, or null when that is not known.</param>
    /// <param name="losses">Losses of single outputs, where there are several.</param>
    /// <param name="withoutValidation">Why there are no <c>val_…</c> figures, or null when there are.</param>
    public static Figures Of(IReadOnlyList<(MetricSpec Metric, Shape? Output)> metrics, IEnumerable<string> losses, string? withoutValidation)
    {
        var keys = new Dictionary<string, Direction?>(StringComparer.Ordinal) { ["loss"] = Direction.Down };
        foreach (var loss in losses)
            keys[loss] = Direction.Down;
        foreach (var (metric, output) in metrics)
        {
            foreach (var key in metric.LogNames(output ?? AnyOutput))
                keys[key] = metric.Direction;
        }
        if (withoutValidation is null)
        {
            foreach (var (key, direction) in keys.ToList())
                keys[$"val_{key}"] = direction;
        }
        // How many numbers a figure has may hang on the output.
        var complete = metrics.All(each => each.Output is not null || each.Metric.Count(AnyOutput) == 1);
        return new Figures(keys, complete, withoutValidation);
    }

    /// <summary>Those that exist inside an epoch: the running ones.</summary>
    public Figures OfBatches() => this with
    {
        Keys = Keys.Where(figure => !figure.Key.StartsWith("val_", StringComparison.Ordinal) && figure.Key != "learning_rate").ToDictionary(StringComparer.Ordinal),
        WithoutValidation = "val_… figures and learning_rate exist only at the end of an epoch",
    };

    /// <summary>The same with the learning rate, which is better in no direction.</summary>
    public Figures WithLearningRate() => this with { Keys = new Dictionary<string, Direction?>(Keys, StringComparer.Ordinal) { ["learning_rate"] = null } };
}
