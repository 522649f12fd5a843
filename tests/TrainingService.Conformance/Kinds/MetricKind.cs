using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Metrics;

namespace TrainingService.Conformance.Kinds;

/// <summary>A fresh metric that takes batches, is reset and read.</summary>
internal static class MetricKind
{
    public static void Check(ConformanceCase given)
    {
        using var metric = MetricTable.Build(given.Spec<MetricSpec>());
        foreach (var step in given["steps"].EnumerateArray())
            Run(given, step, metric);
    }

    private static void Run(ConformanceCase given, JsonElement step, Metric metric)
    {
        switch (step.GetProperty("op").GetString())
        {
            case "update_state":
                Update(step, metric);
                break;
            case "reset_state":
                metric.Reset();
                break;
            case "result":
                var expected = Tensors.ReadNested(step.GetProperty("expected"), "float64").to(torch.float64);
                var results = torch.tensor([.. metric.Results()], torch.float64);
                given.Close(expected, expected.dim() == 0 && results.numel() == 1 ? results[0] : results, "result", step);
                break;
            case var other:
                throw new DifferenceException($"there is no step {other}.");
        }
    }

    private static void Update(JsonElement step, Metric metric)
    {
        var weight = step.Has("sample_weight", out var weighed) ? Tensors.ReadNested(weighed, step.Has("sample_weight_dtype", out var dtype) ? dtype.GetString()! : "float32") : null;
        if (!step.Has("values", out _))
            metric.Update(Read(step, "y_true"), Read(step, "y_pred"), weight, step.Has("mask", out var mask) ? Tensors.ReadNested(mask, "bool") : null);
        else if (metric is Engine.Metrics.Mean mean)
            mean.Update(Read(step, "values"), weight);
        else if (metric is Engine.Metrics.Sum sum)
            sum.Update(Read(step, "values"), weight);
        else
            throw new DifferenceException($"{metric.GetType().Name} takes labels and outputs, not values.");
    }

    private static torch.Tensor Read(JsonElement step, string name) => Tensors.ReadNested(step.GetProperty(name), step.GetProperty($"{name}_dtype").GetString()!);
}
