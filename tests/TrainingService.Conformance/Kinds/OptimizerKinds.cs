using System.Text.Json;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Schedules;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>Optimizers step by step, and learning rate schedules.</summary>
internal static class OptimizerKinds
{
    public static void CheckOptimizer(ConformanceCase given)
    {
        var names = given["variable_names"].EnumerateArray().Select(name => name.GetString()!).ToList();
        var weights = given["initial"].EnumerateArray().Select((json, index) => Weight(Tensors.Read(json), names[index])).ToList();
        using var parameters = new ParameterBuffer(weights, CPU);
        using var optimizer = OptimizerTable.Build(given.Spec<OptimizerSpec>(), parameters);
        var number = 0;
        foreach (var step in given["steps"].EnumerateArray())
        {
            number++;
            optimizer.Step(SetGradients(weights, parameters, step.GetProperty("gradients")));
            Compare(given, weights, step.GetProperty("expected"), $"after step {number}", step);
            if (step.Has("learning_rate", out var rate))
                given.Close(rate.GetDouble(), optimizer.LearningRate, $"learning rate after step {number}");
            if (step.Has("loss_scale_after", out var scale))
                given.Close(scale.GetDouble(), optimizer.LossScale!.Value, $"loss scale after step {number}");
        }
        if (given.Has("iterations_after", out var iterations))
            ConformanceCase.Same(iterations.GetInt64(), optimizer.Iterations, "iterations");
        if (given.Has("after_finalize_variable_values", out var last))
        {
            optimizer.FinalizeVariableValues();
            Compare(given, weights, last, "after finalize_variable_values", given["steps"].EnumerateArray().Last());
        }
        weights.ForEach(weight => weight.Dispose());
    }

    public static void CheckSchedule(ConformanceCase given)
    {
        var rate = ScheduleTable.Find(given.Spec<LearningRateScheduleSpec>());
        foreach (var value in given["values"].EnumerateArray())
        {
            var step = value.GetProperty("step").GetDouble();
            given.Close(value.GetProperty("expected").GetDouble(), rate((float)step), $"rate at step {step}", value);
        }
    }

    private static void Compare(ConformanceCase given, List<Weight> weights, JsonElement expected, string when, JsonElement step)
    {
        foreach (var (weight, values) in weights.Zip(expected.EnumerateArray()))
            given.Close(Tensors.Read(values), weight.Value, $"{weight.Path} {when}", step);
    }

    /// <returns>The weights without a gradient.</returns>
    private static List<int> SetGradients(List<Weight> weights, ParameterBuffer parameters, JsonElement gradients)
    {
        using var noGrad = no_grad();
        parameters.ZeroGradients();
        List<int> without = [];
        foreach (var (weight, gradient) in weights.Zip(gradients.EnumerateArray()))
        {
            if (gradient.ValueKind == JsonValueKind.Null)
                without.Add(weights.IndexOf(weight));
            else
                weight.Value.grad!.copy_(Tensors.Read(gradient));
        }
        return without;
    }

    /// <summary>A matrix lies transposed in memory, as a layer's kernel does.</summary>
    private static Weight Weight(Tensor values, string path) => new(
        path, new WeightSpec(path, new Shape(values.shape.Select(size => (long?)size)), new Zeros()), trainable: true, values,
        values.dim() == 2 ? [1, 0] : null);
}
