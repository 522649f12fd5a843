using TorchSharp;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Models;

/// <summary>A model that computes: layers one after the other.</summary>
public sealed class Model : IDisposable
{
    private readonly List<Layer> _layers = [];

    /// <summary>Builds every layer and its weights.</summary>
    /// <param name="spec">The model as Keras describes it.</param>
    /// <param name="inputShape">Shape of a batch of features; an InputLayer's own shape wins.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="device">Where the weights live.</param>
    /// <exception cref="SpecException">The layers do not fit together.</exception>
    public Model(ModelSpec spec, Shape inputShape, RandomStreams random, torch.Device device)
    {
        var sequential = spec as Sequential ?? throw new NotSupportedException($"No module computes the model {spec.GetType().Name}.");
        Spec = spec;
        Device = device;
        var names = new LayerNames();
        var shape = sequential.BuildInputShape is { } own && own.IsCompatibleWith(inputShape) ? own : inputShape;
        InputShape = shape;
        foreach (var layer in sequential.Layers)
        {
            var built = LayerTable.Build(layer, new LayerContext(names.Of(layer), shape, spec.Trainable && layer.Trainable, random, device));
            _layers.Add(built);
            shape = built.OutputShape;
        }
        OutputShape = shape;
        Weights = [.. _layers.SelectMany(layer => layer.Weights)];
        Parameters = new ParameterBuffer([.. Weights.Where(weight => weight.Trainable)], device);
    }

    /// <summary>The model as Keras describes it.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Where the weights live.</summary>
    public torch.Device Device { get; }

    /// <summary>In order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Shape of a batch of features.</summary>
    public Shape InputShape { get; }

    /// <summary>Shape of a batch of outputs.</summary>
    public Shape OutputShape { get; }

    /// <summary>All weights, layer by layer.</summary>
    public IReadOnlyList<Weight> Weights { get; }

    /// <summary>The trained ones as one buffer.</summary>
    public ParameterBuffer Parameters { get; }

    /// <summary>Elements of all weights.</summary>
    public long TotalParams => Weights.Sum(weight => weight.Elements);

    /// <summary>Elements of the trained weights.</summary>
    public long TrainableParams => Weights.Where(weight => weight.Trainable).Sum(weight => weight.Elements);

    /// <summary>Computes the output of a batch.</summary>
    /// <param name="x">Features.</param>
    /// <param name="training">Whether this is a training step.</param>
    public torch.Tensor Call(torch.Tensor x, bool training)
    {
        foreach (var layer in _layers)
            x = layer.Call(x, training);
        return x;
    }

    /// <summary>Copies of all weights' values, in <see cref="Weights"/>' order; the caller disposes of them.</summary>
    public IReadOnlyList<torch.Tensor> CopyWeights()
    {
        using var noGrad = torch.no_grad();
        return [.. Weights.Select(weight => weight.Value.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>Overwrites all weights.</summary>
    /// <param name="values">In <see cref="Weights"/>' order.</param>
    public void SetWeights(IReadOnlyList<torch.Tensor> values)
    {
        if (values.Count != Weights.Count)
            throw new ArgumentException($"expected {Weights.Count} weights. Received: {values.Count}.", nameof(values));
        for (var i = 0; i < values.Count; i++)
            Weights[i].Assign(values[i]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Parameters.Dispose();
        foreach (var layer in _layers)
            layer.Dispose();
    }
}
