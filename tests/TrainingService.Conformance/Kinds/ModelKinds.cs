using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Training;

namespace TrainingService.Conformance.Kinds;

/// <summary>A compiled model: its outputs and figures, and a whole fit.</summary>
internal static class ModelKinds
{
    public static void CheckEvaluate(ConformanceCase given)
    {
        var (inputs, outputs) = Names(given);
        var rows = CompiledModel.Rows(given["x"], given["y"], given.Has("sample_weight", out var weights) ? weights : null, inputs, outputs);
        using var compiled = new CompiledModel(given, "weights", rows, torch.float32);
        using var data = CompiledModel.Pipeline(rows, given.Has("batch_size", out var size) ? size.GetInt32() : 32);

        var predicted = compiled.Trainer.PredictAll(data);
        var expected = Outputs(given["expected_predict"], outputs);
        ConformanceCase.Same(expected.Count, predicted.Count, "number of outputs");
        for (var i = 0; i < expected.Count; i++)
            given.Close(expected[i], predicted[i], $"predict {outputs[i]}");

        var logs = compiled.Trainer.Evaluate(data);
        var figures = given["expected_evaluate"].EnumerateObject().ToList();
        ConformanceCase.Same(string.Join(", ", figures.Select(figure => figure.Name).Order()), string.Join(", ", logs.Names.Order()), "figures");
        foreach (var figure in figures)
            given.Close(Tensors.Number(figure.Value), logs[figure.Name], figure.Name);
    }

    public static void CheckFit(ConformanceCase given)
    {
        var fit = given["fit"];
        var (inputs, outputs) = Names(given);
        var (rows, held) = Split(CompiledModel.Rows(given["x"], given["y"], fit.Has("sample_weight", out var weights) ? weights : null, inputs, outputs), fit);
        if (fit.Has("class_weight", out var classes))
            rows = Weighted(rows, classes);
        if (fit.Has("validation_data", out var parts))
            held = CompiledModel.Rows(parts[0], parts[1], parts.GetArrayLength() > 2 ? parts[2] : null, inputs, outputs);
        using var compiled = new CompiledModel(given, "initial_weights", rows, torch.float64); // as the expected values were
        var batchSize = Number(fit, "batch_size") ?? 32;
        using var train = new Engine.Datasets.Pipeline(rows, [], batchSize, new Engine.Random.RandomStreams(1), "train")
        {
            StepsPerEpoch = Number(fit, "steps_per_epoch"),
            InitialEpoch = Number(fit, "initial_epoch") ?? 0,
        };
        using var validation = held is null ? null
            : new Engine.Datasets.Pipeline(held, [], Number(fit, "validation_batch_size") ?? batchSize, new Engine.Random.RandomStreams(1), "validation") { StepsPerEpoch = Number(fit, "validation_steps") };
        using var history = new Engine.Callbacks.History();
        List<Callback> callbacks = given.Has("callbacks", out var listed) ? [.. listed.EnumerateArray().Select(json => CallbackTable.Build(ConformanceCase.Read<CallbackSpec>(json)))] : [];

        compiled.Trainer.Fit(train, new FitOptions
        {
            Epochs = Number(fit, "epochs") ?? 1,
            InitialEpoch = Number(fit, "initial_epoch") ?? 0,
            Validation = validation,
            ValidationFreq = Frequency(fit),
            Callbacks = [.. callbacks, history],
        });

        CheckHistory(given, history);
        compiled.Compare(given["expected_weights"], (weight, values, json) => given.Close(values, weight.Value, json.GetProperty("path").GetString()!, json));
        if (given.Has("optimizer_iterations", out var iterations))
            ConformanceCase.Same(iterations.GetInt64(), compiled.Optimizer.Iterations, "iterations");
        if (given.Has("final_learning_rate", out var rate))
            given.Close(rate.GetDouble(), compiled.Optimizer.LearningRate, "learning rate");
        callbacks.ForEach(callback => callback.Dispose());
    }

    private static void CheckHistory(ConformanceCase given, Engine.Callbacks.History history)
    {
        ConformanceCase.Same(string.Join(", ", given["expected_epochs"].EnumerateArray().Select(epoch => epoch.GetInt32())), string.Join(", ", history.Epochs), "epochs");
        var figures = given["expected_history"].EnumerateObject().ToList();
        ConformanceCase.Same(string.Join(", ", figures.Select(figure => figure.Name).Order()), string.Join(", ", history.Figures.Keys.Order()), "figures");
        foreach (var figure in figures)
        {
            var values = history.Figures[figure.Name];
            ConformanceCase.Same(figure.Value.GetArrayLength(), values.Count, $"number of values of {figure.Name}");
            for (var i = 0; i < values.Count; i++)
                given.Close(Tensors.Number(figure.Value[i]), values[i], $"{figure.Name}[{i}]");
        }
    }

    private static (IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs) Names(ConformanceCase given)
    {
        var spec = ConformanceCase.Read<ModelSpec>(given["model"]);
        var outputs = spec is Functional functional
            ? functional.OutputLayers.Paths() ?? [.. functional.OutputLayers.Leaves().OfType<TensorRef>().Select(output => output.Layer)] : ["output"];
        var inputs = spec is Functional graph ? graph.InputLayers.Paths() ?? [.. graph.InputLayers.Leaves().OfType<TensorRef>().Select(input => input.Layer)] : ["input"];
        return (inputs, outputs);
    }

    private static List<torch.Tensor> Outputs(JsonElement json, IReadOnlyList<string> names) => json.ValueKind switch
    {
        JsonValueKind.Array => [.. json.EnumerateArray().Select(Tensors.Read)],
        JsonValueKind.Object when json.TryGetProperty("dict", out var dict) => [.. names.Select(name => Tensors.Read(dict.GetProperty(name)))],
        _ => [Tensors.Read(json)],
    };

    /// <summary>Keras's validation_split: the last rows, before any shuffling.</summary>
    private static (Rows Train, Rows? Validation) Split(Rows rows, JsonElement fit)
    {
        if (!fit.Has("validation_split", out var split) || split.GetDouble() <= 0)
            return (rows, null);
        var first = (long)Math.Floor(rows.Count * (1.0 - split.GetDouble()));
        return (Part(0, first), Part(first, rows.Count - first));

        Rows Part(long start, long count)
        {
            return new Rows(Of(rows.Features)!, Of(rows.Labels)!, Of(rows.SampleWeight))
            {
                MoreFeatures = [.. rows.MoreFeatures.Select(each => Of(each)!)],
                MoreLabels = [.. rows.MoreLabels.Select(each => Of(each)!)],
                MoreSampleWeights = [.. rows.MoreSampleWeights.Select(Of)],
            };

            torch.Tensor? Of(torch.Tensor? tensor) => tensor?.narrow(0, start, count).clone().DetachFromDisposeScope();
        }
    }

    private static Rows Weighted(Rows rows, JsonElement classes)
    {
        var members = classes.TryGetProperty("dict", out var dict) ? dict : classes;
        var weights = ClassWeights.Of(rows.Labels, members.EnumerateObject().ToDictionary(member => int.Parse(member.Name), member => member.Value.GetDouble()));
        return rows with { SampleWeight = rows.SampleWeight is { } own ? (own * weights).DetachFromDisposeScope() : weights };
    }

    private static int? Number(JsonElement fit, string name) => fit.Has(name, out var value) ? value.GetInt32() : null;

    private static EpochFrequency Frequency(JsonElement fit) => !fit.Has("validation_freq", out var every) ? default
        : every.ValueKind == JsonValueKind.Array ? EpochFrequency.At([.. every.EnumerateArray().Select(epoch => epoch.GetInt32())])
        : every.GetInt32();
}
