using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Models;

/// <summary>A model as a run has left it: its description, its weights, and what is done with raw values before they reach it.</summary>
public sealed class StoredModel : IDisposable
{
    /// <summary>Files of a finished run.</summary>
    public const string WeightsFile = "model.safetensors", SpecFile = "config.json";

    private readonly Model _model;
    private readonly List<MapStage>[] _stages;

    private StoredModel(Model model, Preprocessing preprocessing, List<MapStage>[] stages) => (_model, Preprocessing, _stages) = (model, preprocessing, stages);

    /// <summary>How inputs are made of columns.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Shapes of the outputs, with the batch axis.</summary>
    public IReadOnlyList<Shape> OutputShapes => [.. _model.Walk.Outputs.Select(output => output.Shape)];

    /// <summary>Reads the files of a run.</summary>
    /// <param name="directory">With model.safetensors, config.json and preprocessing.json.</param>
    /// <param name="device">Where it computes; null is the CPU.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or they do not belong together.</exception>
    public static StoredModel Open(string directory, Device? device = null)
    {
        using var preparing = File.OpenRead(Path.Combine(directory, Preprocessing.FileName));
        var preprocessing = Preprocessing.Read(preparing);
        var spec = JsonSerializer.Deserialize<ModelSpec>(File.ReadAllBytes(Path.Combine(directory, SpecFile)), ContractsJson.Options)
            ?? throw new InvalidDataException($"{SpecFile}: expected a model. Received: null.");
        var stages = preprocessing.Inputs.Select(Stages).ToArray();
        var shapes = preprocessing.Inputs.Select((input, place) => stages[place] is [.., var last] ? last.OutputShape : RawRows.ShapeOf(input)).ToList();
        var model = new Model(spec, shapes, new RandomStreams(0), device ?? CPU);
        var stored = new StoredModel(model, preprocessing, stages);
        try
        {
            stored.ReadWeights(Path.Combine(directory, WeightsFile));
            return stored;
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <summary>The model's outputs for raw rows, on the CPU; the caller disposes of them.</summary>
    /// <param name="rows">Objects by the names of the columns.</param>
    /// <exception cref="DatasetException">A value is missing, or of another kind than the column's; says which.</exception>
    public IReadOnlyList<Tensor> Predict(IReadOnlyList<JsonElement> rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var inputs = new KerasTensor[_stages.Length];
        for (var place = 0; place < inputs.Length; place++)
        {
            var value = RawRows.Read(rows, Preprocessing.Inputs[place]);
            foreach (var stage in _stages[place])
                value = stage.Apply(value);
            inputs[place] = new KerasTensor(HostBatches.Pad(value, Preprocessing.Inputs[place].Name, null, 0).to(_model.Device));
        }
        return [.. _model.Call(inputs, new CallContext(training: false)).Select(output => output.Value.cpu().DetachFromDisposeScope())];
    }

    private static List<MapStage> Stages(PreparedInput input, int place)
    {
        List<MapStage> stages = [];
        var shape = RawRows.ShapeOf(input);
        foreach (var step in input.Steps.OfType<Map>())
        {
            stages.Add(MapStage.Build(step.Function, place, new LayerContext($"predict/map_{stages.Count}", shape, trainable: false, new RandomStreams(0), CPU)));
            shape = stages[^1].OutputShape;
        }
        return stages;
    }

    private void ReadWeights(string path)
    {
        var values = Safetensors.Read(path);
        try
        {
            foreach (var weight in _model.Weights)
            {
                if (!values.TryGetValue(weight.Path, out var value))
                    throw new InvalidDataException($"{WeightsFile}: expected the weight {weight.Path}. Received: none of that name.");
                weight.Assign(value);
            }
        }
        finally
        {
            foreach (var value in values.Values)
                value.Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _model.Dispose();
        foreach (var stage in _stages.SelectMany(stages => stages))
            stage.Dispose();
    }
}
