using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Models;

/// <summary>
/// A parameter buffer's weights in another dtype, for layers that compute in it: values and gradients are one tensor each, so that both
/// directions are one copy whatever the number of weights.
/// </summary>
internal sealed class ComputeCopy : IDisposable
{
    private readonly Tensor _values, _gradients;
    private readonly List<(Tensor Kept, Tensor Rounded)> _rounded = [];

    /// <param name="buffer">The weights.</param>
    /// <param name="type">In what to copy them.</param>
    public ComputeCopy(ParameterBuffer buffer, ScalarType type)
    {
        using var scope = NewDisposeScope();
        _values = buffer.Values.to(type).DetachFromDisposeScope();
        _gradients = zeros_like(_values).DetachFromDisposeScope();
        foreach (var slice in buffer.Slices.Where(slice => slice.Weight.ComputeType == type))
        {
            slice.Weight.ComputeWith(slice.Of(_values), slice.Of(_gradients));
            if (slice.Weight.VariableType == type)
                _rounded.Add((slice.Of(buffer.Values).DetachFromDisposeScope(), slice.Of(_values).DetachFromDisposeScope()));
        }
    }

    /// <summary>Whether weights of the buffer are kept in this dtype, as far as values go.</summary>
    public bool Rounds => _rounded.Count > 0;

    public void Take(Tensor values)
    {
        _values.copy_(values);
        foreach (var (kept, rounded) in _rounded)
            kept.copy_(rounded);
    }

    public void ZeroGradients() => ParameterBuffer.Zero(_gradients);

    public void AddGradientsTo(Tensor gradients) => gradients.add_(_gradients);

    public void Dispose()
    {
        foreach (var (kept, rounded) in _rounded)
        {
            kept.Dispose();
            rounded.Dispose();
        }
        _values.Dispose();
        _gradients.Dispose();
    }
}
