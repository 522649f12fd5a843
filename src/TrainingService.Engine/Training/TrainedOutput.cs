using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;

namespace TrainingService.Engine.Training;

/// <summary>What an output of a model is compiled with.</summary>
/// <param name="Name">Name of the output.</param>
/// <param name="Loss">What is made small; null for an output that is only predicted.</param>
/// <param name="Weight">What the loss counts in the sum; null counts 1.</param>
/// <param name="Metrics">Figures of all rows alike.</param>
/// <param name="WeightedMetrics">Figures that look at the rows' weights.</param>
public sealed record TrainedOutput(string Name, Loss? Loss, double? Weight, IReadOnlyList<Metric> Metrics, IReadOnlyList<Metric> WeightedMetrics)
{
    /// <summary>Builds the losses and metrics of all outputs.</summary>
    /// <param name="compile">What <c>compile</c> takes.</param>
    /// <param name="model">The model's dry run.</param>
    /// <param name="labels">Shapes of the labels: one for each output, or for each that has a loss.</param>
    /// <exception cref="SpecException">They do not fit the model's outputs.</exception>
    public static IReadOnlyList<TrainedOutput> Build(CompileSpec compile, ModelWalk model, IReadOnlyList<Shape> labels)
    {
        var outputs = CompiledOutputs.Of(compile, model);
        var places = LabelPlaces(outputs.Select(output => output.Loss is not null).ToList(), labels.Count);
        return [.. outputs.Zip(places, (output, place) =>
        {
            var shape = place is { } index ? labels[index] : output.Tensor.Shape;
            return new TrainedOutput(
                output.Tensor.Name, output.Loss is null ? null : LossTable.Build(output.Loss.Resolve(shape, output.Tensor.Shape)), output.Weight,
                [.. output.Metrics.Select(metric => MetricTable.Build(metric, shape, output.Tensor.Shape))],
                [.. output.WeightedMetrics.Select(metric => MetricTable.Build(metric, shape, output.Tensor.Shape))]);
        })];
    }

    /// <summary>Which labels each output has: those at its place, or, where there are only as many labels as losses, those of its loss.</summary>
    /// <param name="hasLoss">Whether each output has a loss.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <exception cref="SpecException">Another number of labels.</exception>
    internal static IReadOnlyList<int?> LabelPlaces(IReadOnlyList<bool> hasLoss, int labels)
    {
        if (labels == hasLoss.Count)
            return [.. Enumerable.Range(0, labels).Select(index => (int?)index)];
        if (labels != hasLoss.Count(has => has))
            throw new SpecException($"expected labels for each of the {hasLoss.Count} outputs, or for each of the {hasLoss.Count(has => has)} losses. Received: {labels}.");
        var next = 0;
        return [.. hasLoss.Select(has => has ? next++ : (int?)null)];
    }
}
