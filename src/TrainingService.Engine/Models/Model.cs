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
    /// <param name="inputShape">Shape of a batch of features.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="device">Where the weights live.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives.</exception>
    public Model(ModelSpec spec, Shape inputShape, RandomStreams random, torch.Device device)
    {
        var sequential = spec as Sequential ?? throw new NotSupportedException($"No module computes the model {spec.GetType().Name}.");
        var walk = ModelWalk.Through(sequential, inputShape);
        Spec = walk.Model;
        Device = device;
        InputShape = walk.Input;
        OutputShape = walk.Output;
        foreach (var step in walk.Steps)
            _layers.Add(LayerTable.Build(step.Layer, new LayerContext(step.Layer.Name!, step.Input, spec.Trainable && step.Layer.Trainable, random, device)));
        Weights = [.. _layers.SelectMany(layer => layer.Weights)];
        Parameters = new ParameterBuffer([.. Weights.Where(weight => weight.Trainable)], device);
    }

    /// <summary>The model as Keras describes it, its layers named.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Where the weights live.</summary>
    public torch.Device Device { get; }

    /// <summary>In order; the InputLayer is left out.</summary>
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
        var around = new CallContext(training);
        var value = new KerasTensor(x);
        foreach (var layer in _layers)
            value = layer.Apply(value, around);
        return value.Value;
    }

    /// <summary>Copies of all weights' values, in <see cref="Weights"/>' order; the caller disposes of them.</summary>
    public IReadOnlyList<torch.Tensor> CopyWeights()
    {
        using var scope = torch.NewDisposeScope();
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
