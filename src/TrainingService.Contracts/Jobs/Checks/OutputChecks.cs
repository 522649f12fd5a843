using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the losses and metrics against the model's outputs and the labels.</summary>
internal sealed class OutputChecks(ReadContext context)
{
    /// <returns>What the output that learns from the labels is given, or null when it is not known.</returns>
    public CompiledOutput? Check(CompileSpec? compile, CheckedSource? train, ModelWalk? walk)
    {
        if (compile is null)
            return null;
        MetricChecks.CheckNames([.. compile.Metrics ?? []], context);
        if (walk is null || compile.Loss is null)
            return null;
        // What could not be read has said so itself.
        var sound = compile with { Metrics = Sound(compile.Metrics), WeightedMetrics = Sound(compile.WeightedMetrics) };
        if (Spread(compile, sound, walk) is not { } outputs)
            return null;
        var learning = outputs.Where(output => output.Loss is not null).ToList();
        var watched = outputs.FirstOrDefault(output => output.Loss is null && (output.Metrics.Count > 0 || output.WeightedMetrics.Count > 0));
        if (learning.Count != 1 || watched is not null)
        {
            context.Add(
                context.Field(compile, watched is null ? "loss" : "metrics"), ViolationCodes.ShapeConflict,
                "expected one output with a loss, and metrics for it: a data set has one tensor of labels. Received: "
                + (watched is null ? $"losses for {string.Join(", ", learning.Select(output => output.Tensor.Name))}." : $"metrics for {watched.Tensor.Name}, which has no loss."),
                watched is null ? "give the others null: {\"loss\": {\"main\": \"mse\", \"aux\": null}}" : null);
            return null;
        }
        if (train is not null)
            CheckShapes(compile, learning[0], train, walk);
        return learning[0];
    }

    private IReadOnlyList<CompiledOutput>? Spread(CompileSpec compile, CompileSpec sound, ModelWalk walk)
    {
        try
        {
            return CompiledOutputs.Of(sound, walk);
        }
        catch (SpecException broken)
        {
            // A list that could not be read has fewer entries than were written, and has said so.
            if (context.IsSound(compile))
                context.Add(context.Field(compile, broken.Field), ViolationCodes.ShapeConflict, broken.Message);
            return null;
        }
    }

    private PerOutput<MetricSpec>? Sound(PerOutput<MetricSpec>? metrics) =>
        metrics is null ? null : metrics with { Entries = [.. metrics.Entries.Select(entry => entry with { Items = [.. entry.Items.Where(context.IsSound)] })] };

    private void CheckShapes(CompileSpec compile, CompiledOutput output, CheckedSource train, ModelWalk walk)
    {
        CompileChecks.CheckLoss(output.Loss, train, output.Tensor.Shape, walk, context);
        // The names in the logs are new records: the ones that were read know where they stand.
        foreach (var metric in (compile.Metrics ?? []).Concat(compile.WeightedMetrics ?? []).Where(context.IsSound))
            MetricChecks.CheckShapes(metric, train.Labels, output.Tensor.Shape, context);
    }
}
