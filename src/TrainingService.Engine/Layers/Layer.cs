using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Models;
using TrainingService.Engine.Precision;
using TrainingService.Engine.Random;
using TrainingService.Engine.Regularizers;

namespace TrainingService.Engine.Layers;

/// <summary>
/// A layer that computes. Its weights are those that its spec lists for the input's shape, in Keras's order and layout. Tensors go in
/// and out in Keras's axis order (channels last); permuted views in between cost nothing.
/// </summary>
/// <remarks>A layer of one tensor in and out overrides the <c>Call</c> of tensors, any other one the <c>Call</c> of lists.</remarks>
public abstract class Layer : IStateful, IDisposable
{
    private readonly Dictionary<string, Weight> _weights = new(StringComparer.Ordinal);
    private readonly List<Layer> _sublayers = [];
    private readonly List<(torch.Generator Generator, ulong Seed)> _generators = [];
    private readonly LayerContext _context;
    private readonly Func<torch.Tensor, torch.Tensor>? _activityPenalty;

    /// <summary>Makes the weights.</summary>
    /// <param name="spec">The layer's data.</param>
    /// <param name="context">Name, input shapes, random streams, device.</param>
    /// <param name="memoryOrder">Order in memory of a weight's axes, by the weight's name; null keeps Keras's.</param>
    protected Layer(LayerSpec spec, LayerContext context, Func<string, int[]?>? memoryOrder = null)
    {
        _context = context;
        Spec = spec;
        Precision = LayerPrecision.Of(spec, context.Policy, context.Dtype);
        OutputShapes = spec.OutputShapes(context.InputShapes, context.Call);
        foreach (var weight in spec.Weights(context.InputShapes, context.Call))
            _weights.Add(weight.Name, context.CreateWeight(weight, memoryOrder?.Invoke(weight.Name), Precision));
        Weights = [.. _weights.Values];
        if (spec.ActivityRegularizer is { } regularizer)
            _activityPenalty = RegularizerTable.Find(regularizer);
    }

    /// <summary>The layer's data.</summary>
    public LayerSpec Spec { get; }

    /// <summary>Path of the layer: its name within the model, below the names of the layers around it.</summary>
    public string Name => _context.Name;

    /// <summary>Shape of the first input, with the batch axis.</summary>
    public Shape InputShape => _context.InputShape;

    /// <summary>Shapes of the inputs of its first call, with the batch axis.</summary>
    public IReadOnlyList<Shape> InputShapes => _context.InputShapes;

    /// <summary>Shape of the first output, with the batch axis.</summary>
    public Shape OutputShape => OutputShapes[0];

    /// <summary>Shapes of the outputs of its first call, with the batch axis.</summary>
    public IReadOnlyList<Shape> OutputShapes { get; }

    /// <summary>Dtypes of weights, inputs and outputs.</summary>
    internal LayerPrecision Precision { get; }

    /// <summary>Whether its weights are trained.</summary>
    public bool Trainable => _context.Trainable;

    /// <summary>What its weights are and it computes in.</summary>
    protected torch.ScalarType Dtype => _context.Dtype;

    /// <summary>In Keras's order, those of inner layers included.</summary>
    public IReadOnlyList<Weight> Weights { get; }

    /// <summary>Inner layers, in the order in which they were made.</summary>
    public IReadOnlyList<Layer> Sublayers => _sublayers;

    /// <summary>Keras's <c>supports_masking</c>: whether a mask of the input is the mask of the output.</summary>
    public virtual bool SupportsMasking => false;

    /// <summary>Whether the layer's activity regularizer is for its own outputs; false where it is for those of inner layers.</summary>
    protected virtual bool PenalizesOutputs => true;
    /// <summary>Keras's default of <c>training</c> for a call outside of a model: true for layers that only prepare training data.</summary>
    public virtual bool TrainsByDefault => false;

    /// <summary>Computes the output of a layer of one tensor.</summary>
    /// <param name="x">A batch.</param>
    /// <param name="call">Whether this is a training step, the mask, other arguments.</param>
    public virtual torch.Tensor Call(torch.Tensor x, CallContext call) =>
        throw new NotSupportedException($"{Name} ({GetType().Name}) is not a layer of one tensor.");

    /// <summary>Computes the outputs and their masks.</summary>
    /// <param name="inputs">The tensors of the first parameter.</param>
    /// <param name="call">Whether this is a training step, other arguments.</param>
    public virtual IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var (x, mask) = inputs[0];
        return [new KerasTensor(Call(x, call), ComputeMask(x, mask))];
    }

    /// <summary>The mask of the output of a layer of one tensor.</summary>
    /// <param name="x">The input.</param>
    /// <param name="mask">Its mask.</param>
    public virtual torch.Tensor? ComputeMask(torch.Tensor x, torch.Tensor? mask) => SupportsMasking ? mask : null;

    /// <summary>Keras's <c>layer(inputs)</c> inside another call.</summary>
    /// <param name="input">A batch and its mask.</param>
    /// <param name="around">The call that this one is part of.</param>
    public KerasTensor Apply(KerasTensor input, CallContext around) => Apply(around.For(input))[0];

    /// <summary>Keras's <c>layer(inputs, …)</c>: a call with what surrounds it, such as the penalty on its activities.</summary>
    /// <param name="call">Inputs and other arguments; <see cref="CallContext.For(KerasTensor[])"/> makes it.</param>
    public IReadOnlyList<KerasTensor> Apply(CallContext call)
    {
        Training.Pulse.Beat();
        call = call.In(Precision);
        var outputs = Call(call.Inputs, call);
        if (Precision.Outputs is { } type)
            outputs = [.. outputs.Select(output => output with { Value = LayerPrecision.Cast(output.Value, type) })];
        if (_activityPenalty is not null && PenalizesOutputs)
        {
            foreach (var (y, _) in outputs)
                call.AddLoss(y.dim() == 0 ? _activityPenalty(y) : _activityPenalty(y) / Math.Max(1, y.shape[0]));
        }
        return outputs;
    }

    /// <summary>Makes an inner layer. Its weights are those of this layer whose names begin with its name.</summary>
    /// <param name="spec">The inner layer's data.</param>
    /// <param name="name">Its name in the paths of the weights.</param>
    /// <param name="inputs">Shapes of what it is called with.</param>
    protected Layer Sublayer(LayerSpec spec, string name, IReadOnlyList<Shape> inputs) => Sublayer(spec, name, inputs, CallSpec.None);

    /// <summary>Makes an inner layer that is called with more than its inputs.</summary>
    protected Layer Sublayer(LayerSpec spec, string name, IReadOnlyList<Shape> inputs, CallSpec call) =>
        Sublayer(spec, name, inputs, call, context => LayerTable.Build(spec, context));

    /// <summary>Makes an inner layer that has no name of its own in the table.</summary>
    private protected T Sublayer<T>(LayerSpec spec, string name, IReadOnlyList<Shape> inputs, CallSpec call, Func<LayerContext, T> build) where T : Layer
    {
        var layer = build(_context with
        {
            Name = _context.PathOf(name),
            InputShapes = inputs,
            Call = call,
            Trainable = Trainable && spec.Trainable,
            Policy = Spec is Contracts.Models.ModelSpec ? null : LayerPrecision.NameOf(Spec, _context.Policy),
            Adopt = weight => _weights[$"{name}/{weight}"],
        });
        _sublayers.Add(layer);
        return layer;
    }

    /// <summary>Makes a generator for what the layer draws. Its state is part of a checkpoint, and it is disposed of with the layer.</summary>
    /// <param name="seed">A seed of its own; null draws from the job's seed.</param>
    /// <param name="purpose">What the numbers are for, where they come from the job's seed.</param>
    /// <param name="device">Where it draws.</param>
    protected torch.Generator CreateGenerator(long? seed, string purpose, torch.Device device)
    {
        var begin = seed is { } own ? (ulong)own : _context.Random.SeedOf(purpose, Name);
        var generator = new torch.Generator(begin, device);
        _generators.Add((generator, begin));
        return generator;
    }

    /// <summary>Whether this layer or one inside draws.</summary>
    internal bool Draws => _generators.Count > 0 || _sublayers.Exists(layer => layer.Draws);

    /// <summary>Makes what is drawn next a matter of a number alone, whatever was drawn before.</summary>
    internal void DrawFor(ulong number)
    {
        foreach (var (generator, seed) in _generators)
            generator.manual_seed((long)new SplitMix64(seed ^ number).Next());
        foreach (var layer in _sublayers)
            layer.DrawFor(number);
    }

    /// <summary>
    /// What the layer remembers from batch to batch beside its weights: the states of its generators, and what inner layers remember. A layer
    /// that keeps something of its own adds it.
    /// </summary>
    public virtual void WriteState(StateWriter state)
    {
        for (var i = 0; i < _generators.Count; i++)
        {
            using var drawn = _generators[i].Generator.get_state();
            state.Add($"generator_{i}", drawn);
        }
        for (var i = 0; i < _sublayers.Count; i++)
            state.Add($"{i}", _sublayers[i]);
    }

    /// <inheritdoc />
    public virtual void ReadState(StateReader state)
    {
        for (var i = 0; i < _generators.Count; i++)
            _generators[i].Generator.set_state(state.Tensor($"generator_{i}"));
        for (var i = 0; i < _sublayers.Count; i++)
            state.Read($"{i}", _sublayers[i]);
    }

    /// <summary>Forgets what a stateful layer carries from batch to batch; Keras's <c>reset_state</c>.</summary>
    public virtual void ResetState() => _sublayers.ForEach(layer => layer.ResetState());

    /// <summary>A weight's values in the dtype that the layer computes in.</summary>
    /// <exception cref="KeyNotFoundException">The layer has no such weight.</exception>
    protected torch.Tensor Value(string weight) => _weights[weight].Computed;

    /// <summary>The weight itself, for a layer that writes to it.</summary>
    /// <exception cref="KeyNotFoundException">The layer has no such weight.</exception>
    protected Weight Variable(string weight) => _weights[weight];

    /// <summary>The same, or null when the layer has no such weight.</summary>
    protected torch.Tensor? ValueOrNull(string weight) => _weights.TryGetValue(weight, out var found) ? found.Computed : null;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the layer holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var layer in _sublayers)
            layer.Dispose();
        foreach (var (generator, _) in _generators)
            generator.Dispose();
        if (_context.Adopt is not null)
            return; // the layer around holds the weights
        foreach (var weight in Weights)
            weight.Dispose();
    }
}
