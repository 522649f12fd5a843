using TorchSharp;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Checkpoints;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>A figure watched while training. What it adds up stays on the device until somebody reads it.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="direction">Whether larger or smaller is better; null where neither is.</param>
public abstract class Metric(string name, Direction? direction) : IStateful, IDisposable
{
    private readonly Dictionary<string, Tensor> _sums = [];
    private readonly Dictionary<string, double> _numbers = [];

    /// <summary>Key in the logs: <c>accuracy</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Keys in the logs, one for each of <see cref="Results"/>: the name, or <c>name_0</c>, <c>name_1</c>, … where there are several.</summary>
    public IReadOnlyList<string> LogNames { get; internal set; } = [name];

    /// <summary>Whether larger or smaller is better; null where neither is.</summary>
    public Direction? Direction { get; } = direction;

    /// <summary>Adds a batch.</summary>
    /// <param name="labels">What is right.</param>
    /// <param name="outputs">What the model says; no gradient is kept.</param>
    /// <param name="sampleWeight">Weight per sample or per value; null weighs all the same.</param>
    /// <param name="mask">Keras's mask of the outputs: which values count; null counts all. Only means of values look at it, as in Keras.</param>
    public void Update(Tensor labels, Tensor outputs, Tensor? sampleWeight = null, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Accumulate(labels, outputs.detach(), sampleWeight, mask);
    }

    /// <summary>The figure since the last reset, the first number where it has several; waits for the device.</summary>
    public double Result() => Results()[0];

    /// <summary>The numbers since the last reset: one, or one per threshold or class; waits for the device.</summary>
    public IReadOnlyList<double> Results()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return [.. Compute().to(float64).contiguous().data<double>()];
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        foreach (var sum in _sums.Values)
            sum.Dispose();
        _sums.Clear();
        _numbers.Clear();
    }

    /// <summary>What was added up so far, by name, on the CPU; the caller disposes of it.</summary>
    public IReadOnlyDictionary<string, Tensor> GetState()
    {
        using var noGrad = no_grad();
        return _sums.Keys.Union(_numbers.Keys).ToDictionary(name => name, name =>
        {
            using var scope = NewDisposeScope();
            return (Sum(name) + 0).DetachFromDisposeScope();
        });
    }

    /// <summary>Goes on from what was added up before.</summary>
    /// <param name="state">As <see cref="GetState"/> gave it; copied.</param>
    public void SetState(IReadOnlyDictionary<string, Tensor> state)
    {
        Reset();
        foreach (var (name, sum) in state)
            _sums[name] = sum.to(float64, copy: true).DetachFromDisposeScope();
    }

    /// <summary>The sums as they are: on the device, or as numbers.</summary>
    public void WriteState(StateWriter state)
    {
        foreach (var (name, sum) in _sums)
            state.Add($"sum/{name}", sum);
        foreach (var (name, number) in _numbers)
        {
            using var value = tensor(number, float64);
            state.Add($"number/{name}", value);
        }
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        Reset();
        foreach (var name in state.At("sum").TensorNames)
            _sums[name] = state.Tensor($"sum/{name}").clone().DetachFromDisposeScope();
        foreach (var name in state.At("number").TensorNames)
            _numbers[name] = state.Tensor($"number/{name}").item<double>();
    }

    /// <summary>Adds a batch to the sums; runs in a dispose scope of its own, without gradients.</summary>
    protected abstract void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask);

    /// <summary>The figure's numbers from the sums, which are on the CPU.</summary>
    protected abstract Tensor Compute();

    /// <summary>Adds to a sum that stays on the device.</summary>
    protected void Add(string name, Tensor value)
    {
        // float64: a sum over many batches must not lose the small ones.
        if (!_sums.TryGetValue(name, out var sum))
        {
            _sums[name] = value.to(float64, copy: true).DetachFromDisposeScope();
            return;
        }
        if (sum.device_type != value.device_type || sum.device_index != value.device_index)
        {
            // Read from a checkpoint on another device.
            _sums[name] = sum.to(value.device).DetachFromDisposeScope();
            sum.Dispose();
        }
        _sums[name].add_(value);
    }

    /// <summary>Adds to a sum that is known without asking the device, such as a number of samples.</summary>
    protected void Add(string name, double value) => _numbers[name] = _numbers.GetValueOrDefault(name) + value;

    /// <summary>A sum on the CPU; zeros when nothing was added.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Shape of the zeros.</param>
    protected Tensor Sum(string name, params long[] shape)
    {
        var sum = _sums.TryGetValue(name, out var added) ? added.cpu() : zeros(shape, float64);
        return _numbers.TryGetValue(name, out var number) ? sum + number : sum;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the sums.</summary>
    protected virtual void Dispose(bool disposing) => Reset();
}
