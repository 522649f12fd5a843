using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs;

/// <summary>What <c>compile</c> says about one output of a model.</summary>
/// <param name="Tensor">The output.</param>
/// <param name="Loss">What is made small; null for an output that is only predicted.</param>
/// <param name="Weight">What the loss counts in the sum; null counts 1.</param>
/// <param name="Metrics">Figures of all rows alike, named as in the logs.</param>
/// <param name="WeightedMetrics">Figures that look at the rows' weights, named as in the logs.</param>
public sealed record CompiledOutput(
    ModelTensor Tensor, LossSpec? Loss, double? Weight, IReadOnlyList<MetricSpec> Metrics, IReadOnlyList<MetricSpec> WeightedMetrics);

/// <summary>Spreads what <c>compile</c> takes over the outputs of a model, and gives every figure its name as Keras does.</summary>
public static class CompiledOutputs
{
    /// <summary>What every output is given, in the outputs' order.</summary>
    /// <param name="compile">As it was given.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="SpecException">An output is named that the model does not have, or the counts differ; says at which field.</exception>
    public static IReadOnlyList<CompiledOutput> Of(CompileSpec compile, ModelWalk model)
    {
        var outputs = model.Outputs;
        var losses = Spread(compile.Loss, outputs, "loss", forAll: true);
        var metrics = Spread(compile.Metrics, outputs, "metrics", forAll: false);
        var weighted = Spread(compile.WeightedMetrics, outputs, "weighted_metrics", forAll: false);
        var weights = Spread(compile.LossWeights, outputs, "loss_weights", forAll: false);
        if (losses.All(loss => loss.Count == 0))
            throw new SpecException("expected a loss for at least one output. Received: none.", "loss");
        for (var i = 0; i < outputs.Count; i++)
        {
            if (losses[i].Count > 1)
                throw new SpecException($"expected one loss for the output {outputs[i].Name}. Received: {losses[i].Count}.", "loss");
            if (weights[i].Count > 0 && losses[i].Count == 0)
                throw new SpecException($"expected no weight for the output {outputs[i].Name}, which has no loss. Received: {weights[i][0]}.", "loss_weights");
        }
        if (compile.LossWeights is { Form: PerOutputForm.List } list && list.Count != losses.Count(loss => loss.Count > 0))
            throw new SpecException($"expected a weight for each of the {losses.Count(loss => loss.Count > 0)} losses. Received: {list.Count}.", "loss_weights");
        var names = new FigureNames(outputs.Count > 1);
        var plain = outputs.Select((output, i) => (IReadOnlyList<MetricSpec>)[.. metrics[i].Select(metric => names.Name(metric, output.Name))]).ToList();
        var second = outputs.Select((output, i) => (IReadOnlyList<MetricSpec>)[.. weighted[i].Select(metric => names.NameWeighted(metric, output.Name))]).ToList();
        return [.. outputs.Select((output, i) => new CompiledOutput(
            output, losses[i].Count == 0 ? null : losses[i][0], weights[i].Count == 0 ? null : weights[i][0], plain[i], second[i]))];
    }

    /// <summary>The metrics of each output as they were given, weighted ones last.</summary>
    /// <exception cref="SpecException">As <see cref="Of"/>.</exception>
    internal static IReadOnlyList<IReadOnlyList<MetricSpec>> Written(CompileSpec compile, ModelWalk model) =>
        [.. Spread(compile.Metrics, model.Outputs, "metrics", forAll: false).Zip(Spread(compile.WeightedMetrics, model.Outputs, "weighted_metrics", forAll: false), (plain, weighted) => (IReadOnlyList<MetricSpec>)[.. plain, .. weighted])];

    /// <summary>Key in the logs of an output's own loss, where there are several.</summary>
    public static string LossName(CompiledOutput output) => $"{output.Tensor.Name}_loss";

    private static IReadOnlyList<IReadOnlyList<T>> Spread<T>(PerOutput<T>? given, IReadOnlyList<ModelTensor> outputs, string field, bool forAll)
    {
        var names = string.Join(", ", outputs.Select(output => output.Name));
        switch (given?.Form)
        {
            case null:
                return [.. outputs.Select(_ => (IReadOnlyList<T>)[])];
            case PerOutputForm.One when forAll || outputs.Count == 1:
                return [.. outputs.Select(_ => given.Entries[0].Items)];
            case PerOutputForm.List when outputs.Count == 1:
                return [[.. given]];
            case PerOutputForm.List when given.Entries.Count == outputs.Count:
                return [.. given.Entries.Select(entry => entry.Items)];
            case PerOutputForm.Dict:
                if (given.Entries.FirstOrDefault(entry => outputs.All(output => output.Name != entry.Output)) is { } stranger)
                    throw new SpecException($"expected names of the model's outputs: {names}. Received: {stranger.Output}.", field);
                return [.. outputs.Select(output => given.Entries.FirstOrDefault(entry => entry.Output == output.Name)?.Items ?? [])];
            default:
                throw new SpecException(
                    $"expected an entry for each of the {outputs.Count} outputs ({names}), or a dict by their names. Received: {given.Entries.Count}.", field);
        }
    }
}

/// <summary>Names of metrics in the logs: with the output's where there are several, and each only once.</summary>
/// <param name="several">Whether the model has several outputs.</param>
internal sealed class FigureNames(bool several)
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public MetricSpec Name(MetricSpec metric, string output)
    {
        var name = Prefix(output) + Own(metric);
        return metric with { Name = Once(name) };
    }

    /// <summary>A name that a metric without weights has already gets <c>weighted_</c> in front.</summary>
    public MetricSpec NameWeighted(MetricSpec metric, string output)
    {
        var name = Prefix(output) + Own(metric);
        return metric with { Name = Once(_counts.ContainsKey(name) ? $"{Prefix(output)}weighted_{Own(metric)}" : name) };
    }

    private static string Own(MetricSpec metric) => metric.Name ?? metric.DefaultName;

    private string Prefix(string output) => several ? $"{output}_" : "";

    private string Once(string name)
    {
        var count = _counts.GetValueOrDefault(name);
        _counts[name] = count + 1;
        return count == 0 ? name : $"{name}_{count}";
    }
}
