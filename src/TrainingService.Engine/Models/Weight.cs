using TorchSharp;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Models;

/// <summary>One variable of a layer: Keras's shape and axis order, whatever the order in memory.</summary>
public sealed class Weight : IDisposable
{
    private readonly long[] _shape;
    private int[] _memoryOrder;
    private Tensor? _computed;
    private bool _castsAlways;

    /// <summary>A weight with its first values.</summary>
    /// <param name="path"><c>&lt;layer&gt;/&lt;weight&gt;</c>, such as <c>conv2d/kernel</c>.</param>
    /// <param name="spec">Name, shape, initializer.</param>
    /// <param name="trainable">Whether an optimizer moves it.</param>
    /// <param name="values">Values of the spec's shape; the weight takes them over.</param>
    /// <param name="memoryOrder">Axes from the outermost in memory to the innermost; null is Keras's own order.</param>
    public Weight(string path, WeightSpec spec, bool trainable, Tensor values, int[]? memoryOrder = null)
    {
        Path = path;
        Name = spec.Name;
        Trainable = trainable;
        IsStatistic = !spec.Trainable;
        (Regularizer, Constraint) = (spec.Regularizer, spec.Constraint);
        _shape = [.. spec.Shape.Select(size => size ?? throw new ArgumentException($"{path} has an unknown size: {spec.Shape}."))];
        _memoryOrder = memoryOrder ?? [.. Enumerable.Range(0, _shape.Length)];
        Elements = _shape.Aggregate(1L, (product, size) => product * size);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var memory = empty(Elements, dtype: values.dtype, device: values.device);
        Value = LayOut(memory);
        Value.copy_(values);
        Value.DetachFromDisposeScope();
        values.Dispose();
        VariableType = ComputeType = Value.dtype;
    }

    /// <summary><c>&lt;layer&gt;/&lt;weight&gt;</c>, such as <c>conv2d/kernel</c>.</summary>
    public string Path { get; }

    /// <summary>Path within the layer: <c>kernel</c>, <c>forward_lstm/lstm_cell/kernel</c>.</summary>
    public string Name { get; }

    /// <summary>Whether an optimizer moves it.</summary>
    public bool Trainable { get; }

    /// <summary>Whether it is the layer itself that moves it, such as a moving average.</summary>
    public bool IsStatistic { get; }

    /// <summary>Penalty on its values that training adds to the loss, or null.</summary>
    public RegularizerSpec? Regularizer { get; }

    /// <summary>What its values obey after every step, or null.</summary>
    public ConstraintSpec? Constraint { get; }

    /// <summary>Keras's shape.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Number of values.</summary>
    public long Elements { get; }

    /// <summary>The values in Keras's layout.</summary>
    public Tensor Value { get; private set; }

    /// <summary>Dtype of the values according to the layer's policy.</summary>
    public ScalarType VariableType { get; private set; }

    /// <summary>Dtype in which the values take part in the layer's call.</summary>
    public ScalarType ComputeType { get; private set; }

    /// <summary>The values in the dtype that the layer computes in; <see cref="Value"/> itself where that is its own.</summary>
    public Tensor Computed => _computed ?? (_castsAlways ? Value.to(ComputeType) : Value);

    /// <summary>Overwrites the values.</summary>
    /// <param name="values">Of the same shape.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public void Assign(Tensor values)
    {
        if (!values.shape.AsSpan().SequenceEqual(_shape))
            throw new ArgumentException($"{Path}: expected shape ({string.Join(", ", _shape)}). Received: ({string.Join(", ", values.shape)}).");
        using var noGrad = no_grad();
        Value.copy_(values);
        Refresh();
    }

    /// <summary>Brings <see cref="Computed"/> up to date after <see cref="Value"/> was written to.</summary>
    internal void Refresh()
    {
        using var noGrad = no_grad();
        _computed?.copy_(Value);
    }

    /// <summary>Takes on the dtypes of the layer that calls it.</summary>
    internal void Follow(ScalarType variable, ScalarType compute)
    {
        (VariableType, ComputeType) = (variable, compute);
        if (variable == float64 && Value.dtype != float64)
        {
            using var values = Value;
            Value = values.to(float64).DetachFromDisposeScope();
        }
        _castsAlways = ComputeType != Value.dtype;
    }

    /// <summary>Keeps a copy in the dtype that the layer computes in; for a weight that no optimizer moves.</summary>
    internal void KeepComputed()
    {
        if (!_castsAlways || _computed is not null)
            return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _computed = Value.to(ComputeType).DetachFromDisposeScope();
    }

    /// <summary>Computes with a part of a buffer of another dtype, whose gradient has a place of its own.</summary>
    internal void ComputeWith(Tensor memory, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        _computed = LayOut(memory).detach().requires_grad_(true).DetachFromDisposeScope();
        _computed.grad = LayOut(gradient);
    }

    /// <summary>Lays the values out differently in memory; for a layer that takes the weight over before training begins.</summary>
    /// <param name="memoryOrder">Axes from the outermost in memory to the innermost; null is Keras's own order.</param>
    internal void LayOutAs(int[]? memoryOrder)
    {
        if (memoryOrder is null || memoryOrder.AsSpan().SequenceEqual(_memoryOrder))
            return;
        _memoryOrder = memoryOrder;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var view = LayOut(empty(Elements, dtype: Value.dtype, device: Value.device));
        view.copy_(Value);
        Value.Dispose();
        Value = view.DetachFromDisposeScope();
    }

    /// <summary>Moves the values into a part of a larger buffer, so that an optimizer can step over all weights at once.</summary>
    /// <param name="memory">One-dimensional, as many elements as the weight has.</param>
    /// <param name="gradient">Same, for the gradient.</param>
    internal void MoveInto(Tensor memory, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor view;
        using (no_grad())
        {
            view = LayOut(memory);
            view.copy_(Value);
        }
        Value.Dispose();
        Value = view.detach().requires_grad_(true).DetachFromDisposeScope();
        Value.grad = LayOut(gradient);
        _castsAlways = ComputeType != Value.dtype;
    }

    /// <summary>One-dimensional memory as the weight's axes see it.</summary>
    internal Tensor LayOut(Tensor memory)
    {
        var inMemory = _memoryOrder.Select(axis => _shape[axis]).ToArray();
        var back = _memoryOrder.Select((axis, position) => (axis, position)).OrderBy(pair => pair.axis).Select(pair => (long)pair.position).ToArray();
        return _shape.Length < 2 ? memory.view(_shape) : memory.view(inMemory).permute(back);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _computed?.Dispose();
        Value.Dispose();
    }
}
