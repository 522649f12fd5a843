using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Schedules;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// An optimizer with a rule of its own, and what all share: unscale, accumulate, clip, decay, step, average, constrain; in Keras's order. All
/// state lies in tensors laid out like the parameter buffer, so that a step is a handful of operations whatever the number of weights.
/// </summary>
public abstract class UpdateRule : Optimizer
{
    private readonly UpdateRuleSpec _spec;
    private readonly Func<float, float>? _schedule;
    private readonly GradientClipping _clipping;
    private readonly SliceConstraints _constraints;
    private readonly Dictionary<string, Tensor> _slots = [];
    private readonly Tensor? _average, _accumulator;
    private float _rate;
    private long _batches;

    /// <summary>An optimizer for the weights of a buffer.</summary>
    /// <param name="spec">Learning rate and everything that all rules share.</param>
    /// <param name="parameters">Weights and gradients.</param>
    protected UpdateRule(UpdateRuleSpec spec, ParameterBuffer parameters)
    {
        _spec = spec;
        Parameters = parameters;
        _schedule = spec.LearningRate.Schedule is { } schedule ? ScheduleTable.Find(schedule) : null;
        _rate = (float)spec.LearningRate.Value;
        _clipping = new GradientClipping(spec, parameters);
        _constraints = new SliceConstraints(parameters);
        _average = spec.UseEma ? AddSlot("average") : null;
        _accumulator = spec.GradientAccumulationSteps is null ? null : AddSlot("gradient_accumulator");
    }

    /// <summary>Weights and gradients.</summary>
    protected ParameterBuffer Parameters { get; }

    /// <summary>Number of the step that is being made, from 1; Keras's <c>iterations + 1</c>.</summary>
    protected long StepNumber => Iterations + 1;

    /// <summary>Learning rate of the step that is being made.</summary>
    protected double Rate { get; private set; }

    /// <summary>Slices that stay as they are in the step that is being made.</summary>
    protected IReadOnlyCollection<int> Untouched { get; private set; } = [];

    /// <inheritdoc />
    public override double LearningRate
    {
        get => _schedule is null ? _rate : _schedule(_batches);
        set => _rate = _schedule is null
            ? (float)value
            : throw new InvalidOperationException("The learning rate follows a schedule and cannot be set.");
    }

    /// <inheritdoc />
    public override long Iterations => _batches / (_spec.GradientAccumulationSteps ?? 1);

    /// <inheritdoc />
    public override double? LossScale => _spec.LossScaleFactor;

    /// <inheritdoc />
    public override bool HasAverage => _average is not null;

    /// <summary>What the rule remembers between steps, by Keras's names; laid out like the buffer.</summary>
    public IReadOnlyDictionary<string, Tensor> Slots => _slots;

    /// <inheritdoc />
    public override void Step(IReadOnlyCollection<int>? withoutGradient = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Untouched = withoutGradient ?? [];
        if (Parameters.Slices.Count > 0 && Untouched.Count == Parameters.Slices.Count)
            throw new InvalidOperationException("expected a gradient for at least one weight. Received: none.");
        if (_batches == 0)
            Begin(Parameters.Values);
        var untouched = Untouched.Count == 0 ? [] : Keep();
        Rate = _spec.Decay is { } decay ? LearningRate / (1 + decay * Iterations) : LearningRate;
        if (_spec.LossScaleFactor is { } scale)
            Parameters.Gradients.div_(scale);
        if (Accumulated())
        {
            _clipping.Apply();
            ApplyWeightDecay(Parameters.Values);
            Update(Parameters.Values, Parameters.Gradients);
        }
        foreach (var (part, kept) in untouched)
            part.copy_(kept);
        UpdateAverage();
        _constraints.Apply(Untouched);
        _batches++;
    }

    /// <summary>Moves all weights.</summary>
    /// <param name="values">Weights, one after the other; changed in place.</param>
    /// <param name="gradients">Gradients in the same order; may be changed.</param>
    protected abstract void Update(Tensor values, Tensor gradients);

    /// <summary>Called before the first step: what begins at the weights' own values.</summary>
    protected virtual void Begin(Tensor values)
    {
    }

    /// <summary>Decoupled decay, <c>w -= w · decay · lr</c>.</summary>
    protected virtual void ApplyWeightDecay(Tensor values)
    {
        if (_spec.WeightDecay is { } decay and not 0)
            values.mul_(1 - decay * Rate);
    }

    /// <summary>A tensor to remember things in, laid out like the buffer.</summary>
    /// <param name="name">Keras's name of it.</param>
    /// <param name="value">First value. Default: 0.</param>
    /// <param name="length">Elements. Default: as many as the buffer has.</param>
    protected Tensor AddSlot(string name, double value = 0, long? length = null)
    {
        var slot = full(length ?? Parameters.Values.shape[0], value, dtype: Parameters.Values.dtype, device: Parameters.Values.device).DetachFromDisposeScope();
        _slots.Add(name, slot);
        return slot;
    }

    /// <summary>Adds the gradients up; true where the sum is due, which then stands in the buffer as a mean.</summary>
    private bool Accumulated()
    {
        if (_accumulator is null)
            return true;
        _accumulator.add_(Parameters.Gradients);
        var steps = _spec.GradientAccumulationSteps!.Value;
        if ((_batches + 1) % steps != 0)
            return false;
        Parameters.Gradients.copy_(_accumulator).div_(steps);
        _accumulator.zero_();
        foreach (var index in Untouched)
            Parameters.Slices[index].Of(Parameters.Gradients).zero_();
        return true;
    }

    private void UpdateAverage()
    {
        if (_average is null)
            return;
        var momentum = Iterations == 0 ? 0 : _spec.EmaMomentum;
        _average.mul_(momentum).add_(Parameters.Values, alpha: 1 - momentum);
        if (_spec.EmaOverwriteFrequency is { } frequency && (Iterations + 1) % frequency == 0)
            Parameters.Values.copy_(_average);
    }

    /// <summary>Copies of what the slices without a gradient are and remember.</summary>
    private List<(Tensor Part, Tensor Kept)> Keep()
    {
        var own = _slots.Values.Where(slot => !ReferenceEquals(slot, _average) && !ReferenceEquals(slot, _accumulator) && slot.shape[0] == Parameters.Values.shape[0]);
        List<Tensor> tensors = [Parameters.Values, .. own];
        return [.. Untouched.SelectMany(index => tensors.Select(tensor => Parameters.Slices[index].Of(tensor))).Select(part => (part, part.clone()))];
    }

    /// <inheritdoc />
    public override void SwapAverage()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = Parameters.Values.clone();
        Parameters.Values.copy_(_average ?? throw new InvalidOperationException("This optimizer keeps no averages: use_ema is false."));
        _average.copy_(values);
    }

    /// <inheritdoc />
    public override void AdoptWeightsAsAverage()
    {
        using var noGrad = no_grad();
        _average?.copy_(Parameters.Values);
    }

    /// <inheritdoc />
    public override void FinalizeVariableValues()
    {
        using var noGrad = no_grad();
        // Before the first step there is no average.
        if (_average is not null && _batches > 0)
            Parameters.Values.copy_(_average);
    }

    /// <inheritdoc />
    protected internal override void WriteState(IDictionary<string, Tensor> state, string prefix)
    {
        state[prefix + "iterations"] = tensor(_batches);
        state[prefix + "learning_rate"] = tensor(_rate);
        foreach (var (name, slot) in _slots)
            state[prefix + name] = slot;
    }

    /// <inheritdoc />
    protected internal override void ReadState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
        foreach (var (name, slot) in _slots)
        {
            var part = Part(state, prefix + name);
            if (!part.shape.AsSpan().SequenceEqual(slot.shape))
                throw new ArgumentException($"{prefix}{name}: expected {slot.shape[0]} elements. Received: shape ({string.Join(", ", part.shape)}).", nameof(state));
            slot.copy_(part);
        }
        _batches = Part(state, prefix + "iterations").item<long>();
        _rate = Part(state, prefix + "learning_rate").item<float>();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        foreach (var slot in _slots.Values)
            slot.Dispose();
        _clipping.Dispose();
        _constraints.Dispose();
    }
}
