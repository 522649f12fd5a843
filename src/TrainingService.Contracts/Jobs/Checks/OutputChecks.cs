using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>An output that learns or is watched, with the labels that it is compared with; these are null where the rows could not be checked.</summary>
internal sealed record LabelledOutput(CompiledOutput Output, RowTensor? Label);

/// <summary>Checks the losses and metrics against the model's outputs and the labels.</summary>
internal sealed class OutputChecks(ReadContext context)
{
    /// <returns>What the outputs that are compared with labels are given, or null when it is not known.</returns>
    public IReadOnlyList<LabelledOutput>? Check(CompileSpec? compile, CheckedSource? train, ModelWalk? walk)
    {
        if (compile is null)
            return null;
        if (walk is null or { Outputs.Count: 1 })
            MetricChecks.CheckNames([.. compile.Metrics ?? []], context);
        if (walk is null || compile.Loss is null)
            return null;
        // What could not be read has said so itself.
        var sound = compile with { Metrics = Sound(compile.Metrics), WeightedMetrics = Sound(compile.WeightedMetrics) };
        if (Spread(compile, sound, walk) is not { } outputs)
            return null;
        var labelled = outputs.Select((output, place) => (output, place)).Where(each => IsCompared(each.output)).ToList();
        if (train is null)
            return [.. labelled.Select(each => new LabelledOutput(each.output, null))];
        if (Labels(compile, outputs, train) is not { } labels)
            return null;
        foreach (var (output, place) in labelled)
            CheckShapes(sound, output, place, labels[place]!, train, walk);
        return [.. labelled.Select(each => new LabelledOutput(each.output, labels[each.place]))];
    }

    private static bool IsCompared(CompiledOutput output) => output.Loss is not null || output.Metrics.Count > 0 || output.WeightedMetrics.Count > 0;

    /// <summary>The labels of each output; null after a violation.</summary>
    private IReadOnlyList<RowTensor?>? Labels(CompileSpec compile, IReadOnlyList<CompiledOutput> outputs, CheckedSource train)
    {
        var labels = train.Layout.Labels.ToList();
        var byName = train.Source.Labels?.ByName is not null && outputs.Count > 1;
        var pointer = context.Field(train.Origin, "labels");
        if (!byName)
        {
            if (labels.Count == 1 && outputs.Count(IsCompared) == 1)
                return [.. outputs.Select(output => IsCompared(output) ? labels[0] : null)];
            var watched = outputs.FirstOrDefault(output => output.Loss is null && IsCompared(output));
            var compared = outputs.Where(IsCompared).Select(output => output.Tensor.Name);
            context.Add(
                context.Field(compile, watched is null ? "loss" : "metrics"), ViolationCodes.ShapeConflict,
                $"expected one output with a loss, and metrics for it, or data.train.labels by the outputs' names: there is one tensor of labels. Received: losses or metrics for {string.Join(", ", compared)}.",
                watched is null ? "give the others null: {\"loss\": {\"main\": \"mse\", \"aux\": null}}" : null);
            return null;
        }
        var names = outputs.Select(output => output.Tensor.Name).ToList();
        if (labels.FirstOrDefault(label => !names.Contains(label.Name)) is { } stranger)
        {
            context.Add(Pointers.Child(pointer, stranger.Name), ViolationCodes.UnknownValue, $"expected names of the model's outputs: {Received.Words(names)}. Received: \"{stranger.Name}\".", NearMiss.Hint(stranger.Name, names));
            return null;
        }
        if (outputs.FirstOrDefault(output => IsCompared(output) && labels.TrueForAll(label => label.Name != output.Tensor.Name)) is { } bare)
        {
            context.Add(pointer, ViolationCodes.Required, $"expected labels for each output with a loss or metrics. Received: none for {bare.Tensor.Name}.");
            return null;
        }
        // The trainer is given labels for every output, or for those with a loss.
        if (labels.Count != outputs.Count && (labels.Count != outputs.Count(output => output.Loss is not null) || outputs.Any(output => output.Loss is null && IsCompared(output))))
        {
            context.Add(pointer, ViolationCodes.Conflict, $"expected labels for every output, or for exactly those with a loss. Received: {Received.Words(labels.Select(label => label.Name))}.");
            return null;
        }
        return [.. names.Select(name => labels.Find(label => label.Name == name))];
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

    private void CheckShapes(CompileSpec compile, CompiledOutput output, int place, RowTensor label, CheckedSource train, ModelWalk walk)
    {
        CompileChecks.CheckLoss(output.Loss, label, train.Info.Name, output.Tensor.Shape, walk, context);
        // The names in the logs are new records: the ones that were read know where they stand.
        foreach (var metric in CompiledOutputs.Written(compile, walk)[place].Where(context.IsSound))
            MetricChecks.CheckShapes(metric, label.Shape, output.Tensor.Shape, context);
    }
}
