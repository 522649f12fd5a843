using System.Text.Json.Nodes;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using SpectralNormalization = TrainingService.Engine.Layers.SpectralNormalization;

namespace TrainingService.Engine.Models;

/// <summary>A model that computes, its trained weights in one buffer.</summary>
public sealed class Model : IStateful, IDisposable
{
    private readonly Layer _root;
    private readonly torch.ScalarType _dtype;
    private readonly SpectralNormalization[] _normalized;

    /// <summary>Builds every layer and its weights.</summary>
    /// <param name="spec">The model as Keras describes it.</param>
    /// <param name="inputShape">Shape of a batch of features.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="device">Where the weights live.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives.</exception>
    public Model(ModelSpec spec, Shape inputShape, RandomStreams random, torch.Device device) : this(spec, [inputShape], random, device)
    {
    }

    /// <summary>Builds every layer and its weights.</summary>
    /// <param name="spec">The model as Keras describes it.</param>
    /// <param name="inputShapes">Shapes of the inputs in the model's order; null takes those of its InputLayers.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="device">Where the weights live.</param>
    /// <param name="dtype">What weights are and layers compute in. Default: float32.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives.</exception>
    public Model(ModelSpec spec, IReadOnlyList<Shape>? inputShapes, RandomStreams random, torch.Device device, torch.ScalarType dtype = torch.ScalarType.Float32)
    {
        Walk = ModelWalk.Through(spec, inputShapes);
        Device = device;
        _dtype = dtype;
        // Paths begin with the names of the layers, not with the model's.
        _root = LayerTable.Build(Walk.Model, new LayerContext("", [.. Walk.Inputs.Select(input => input.Shape)], spec.Trainable, random, device) { Call = CallOf(Walk), Dtype = dtype });
        Parameters = new ParameterBuffer([.. Weights.Where(weight => weight.Trainable)], device);
        foreach (var weight in Weights.Where(weight => !weight.Trainable))
            weight.KeepComputed();
        _normalized = [.. Inside(_root).OfType<SpectralNormalization>()];
        foreach (var layer in _normalized)
            layer.NormalizeByModel();
    }

    private static IEnumerable<Layer> Inside(Layer layer) => layer.Sublayers.SelectMany(inner => Inside(inner).Prepend(inner));

    /// <summary>The dry run: every layer with its shapes.</summary>
    public ModelWalk Walk { get; }

    /// <summary>The model as Keras describes it, its layers named.</summary>
    public ModelSpec Spec => Walk.Model;

    /// <summary>Where the weights live.</summary>
    public torch.Device Device { get; }

    /// <summary>The layers in the model's order; a Sequential's InputLayer is left out.</summary>
    public IReadOnlyList<Layer> Layers => Spec is Sequential ? [.. _root.Sublayers.Where(layer => layer is not Engine.Layers.InputLayer)] : _root.Sublayers;

    /// <summary>Shape of a batch of the first input.</summary>
    public Shape InputShape => Walk.Input;

    /// <summary>Shape of a batch of the first output.</summary>
    public Shape OutputShape => Walk.Output;

    /// <summary>All weights, layer by layer.</summary>
    public IReadOnlyList<Weight> Weights => _root.Weights;

    /// <summary>The trained ones as one buffer.</summary>
    public ParameterBuffer Parameters { get; }

    /// <summary>Elements of all weights.</summary>
    public long TotalParams => Weights.Sum(weight => weight.Elements);

    /// <summary>Elements of the trained weights.</summary>
    public long TrainableParams => Weights.Where(weight => weight.Trainable).Sum(weight => weight.Elements);

    /// <summary>Computes the output of a batch, for a model of one input and one output.</summary>
    /// <param name="x">Features.</param>
    /// <param name="training">Whether this is a training step.</param>
    public torch.Tensor Call(torch.Tensor x, bool training) => Call([new KerasTensor(x)], new CallContext(training))[0].Value;

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="inputs">In the model's order.</param>
    /// <param name="call">Whether this is a training step; collects what layers add to the loss.</param>
    public IReadOnlyList<KerasTensor> Call(KerasTensor[] inputs, CallContext call)
    {
        if (call.Training)
        {
            foreach (var layer in _normalized)
                layer.Normalize();
        }
        Parameters.Refresh();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Value.is_floating_point() && inputs[i].Value.dtype != _dtype)
                inputs[i] = inputs[i] with { Value = inputs[i].Value.to(_dtype) };
        }
        return _root.Apply(call.For(inputs));
    }

    /// <summary>Whether any layer computes in float16, which CPUs do very slowly.</summary>
    public bool UsesFloat16 => Precision.LayerPrecision.UsesFloat16(_root);

    /// <summary>Forgets what stateful layers carry from batch to batch.</summary>
    public void ResetState() => _root.ResetState();

    private static CallSpec CallOf(ModelWalk walk) => new(CallForm.OfInputs(walk.Inputs.Count), []);

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

    /// <summary>The layers, as far as they remember more than weights.</summary>
    internal IStateful LayerStates => _root;

    /// <summary>All weights, and what layers remember beside them.</summary>
    public void WriteState(StateWriter state)
    {
        state.AddValue("weights", new JsonArray([.. WeightNames.Select(name => (JsonNode)name)]));
        state.Add("trained", Parameters.Values); // one copy, whatever the number of weights
        foreach (var weight in Weights.Where(weight => !weight.Trainable))
            state.Add($"weight/{weight.Path}", weight.Value);
        state.Add("layers", _root);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        var (own, read) = (WeightNames.ToList(), state.Value<List<string>>("weights"));
        if (!own.SequenceEqual(read))
            throw new CheckpointException($"expected a model with the weights {Some(own.Except(read))}. Received: {Some(read.Except(own))}.");
        using var noGrad = torch.no_grad();
        Parameters.Values.copy_(state.Tensor("trained", Parameters.Values.shape));
        foreach (var weight in Weights.Where(weight => !weight.Trainable))
            weight.Assign(state.Tensor($"weight/{weight.Path}", weight.Value.shape));
        state.Read("layers", _root);
    }

    private IEnumerable<string> WeightNames =>
        Weights.Select(weight => $"{weight.Path} ({string.Join(", ", weight.Shape)}) {weight.Value.dtype}{(weight.Trainable ? "" : " frozen")}");

    private static string Some(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("the same in another order").Take(3));

    /// <inheritdoc />
    public void Dispose()
    {
        Parameters.Dispose();
        _root.Dispose();
    }
}
