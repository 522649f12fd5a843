using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Models;

/// <summary>
/// All trained weights as one tensor, and all their gradients as another: an optimizer step is a handful of operations whatever the
/// number of layers. The weights are views of it.
/// </summary>
public sealed class ParameterBuffer : IDisposable
{
    private readonly IReadOnlyList<ComputeCopy> _copies = [];

    private const int Alignment = 16; // floats: every weight begins on a cache line, as libtorch's own allocations do

    /// <summary>Moves the weights into one buffer.</summary>
    /// <param name="weights">Trained weights, in the model's order.</param>
    /// <param name="device">Where they live.</param>
    public ParameterBuffer(IReadOnlyList<Weight> weights, Device device)
        : this(device, weights)
    {
        using var scope = NewDisposeScope();
        foreach (var slice in Slices)
            slice.Weight.MoveInto(slice.Of(Values), slice.Of(Gradients));
        _copies = [.. weights.Select(weight => weight.ComputeType).Where(type => type != Values.dtype).Distinct().Select(type => new ComputeCopy(this, type))];
    }

    private ParameterBuffer(Device device, IReadOnlyList<Weight> weights)
    {
        List<ParameterSlice> slices = [];
        long length = 0;
        foreach (var weight in weights)
        {
            slices.Add(new ParameterSlice(weight, length));
            length += (weight.Elements + Alignment - 1) / Alignment * Alignment;
        }
        using var scope = NewDisposeScope();
        var dtype = weights.Any(weight => weight.VariableType == float64) ? float64 : float32;
        Values = zeros(length, dtype, device).DetachFromDisposeScope();
        Gradients = zeros(length, dtype, device).DetachFromDisposeScope();
        Slices = slices;
    }

    /// <summary>A buffer of the same form for some weights, which stay where they are; values and gradients are zero.</summary>
    internal static ParameterBuffer Apart(IReadOnlyList<Weight> weights, Device device) => new(device, weights);

    /// <summary>Values of all weights, one after the other.</summary>
    public Tensor Values { get; }

    /// <summary>Gradients in the same order; a backward pass adds to them.</summary>
    public Tensor Gradients { get; }

    /// <summary>Where each weight lies.</summary>
    public IReadOnlyList<ParameterSlice> Slices { get; }

    /// <summary>Sets all gradients to zero.</summary>
    public void ZeroGradients()
    {
        Zero(Gradients);
        foreach (var copy in _copies)
            copy.ZeroGradients();
    }

    /// <summary>On the CPU without libtorch's threads, whose start takes longer.</summary>
    internal static void Zero(Tensor flat)
    {
        if (flat.device_type == TorchSharp.DeviceType.CPU)
            flat.bytes.Clear();
        else
            flat.zero_();
    }

    /// <summary>Adds the gradients of the layers that compute in another dtype; once after each backward pass.</summary>
    public void CollectGradients()
    {
        using var noGrad = no_grad();
        foreach (var copy in _copies)
            copy.AddGradientsTo(Gradients);
    }

    /// <summary>Gives the layers that compute in another dtype the values as they are now.</summary>
    public void Refresh()
    {
        if (_copies.Count == 0)
            return;
        using var noGrad = no_grad();
        foreach (var copy in _copies)
            copy.Take(Values);
    }

    /// <summary>Rounds the values of weights whose own dtype is narrower than the buffer's; after each step.</summary>
    public void Round()
    {
        using var noGrad = no_grad();
        foreach (var copy in _copies.Where(copy => copy.Rounds))
            copy.Take(Values);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var copy in _copies)
            copy.Dispose();
        Values.Dispose();
        Gradients.Dispose();
    }
}

/// <summary>A weight's place in the buffer.</summary>
/// <param name="Weight">Which weight.</param>
/// <param name="Start">Index of its first element.</param>
public sealed record ParameterSlice(Weight Weight, long Start)
{
    /// <summary>The weight's part of a tensor laid out like the buffer.</summary>
    public Tensor Of(Tensor flat) => flat.narrow(0, Start, Weight.Elements);

    /// <summary>The same part with the weight's axes.</summary>
    public Tensor View(Tensor flat) => Weight.LayOut(Of(flat));
}
