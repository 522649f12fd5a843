using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Checkpoints;

/// <summary>Everything that a run remembers, by path: values as JSON, and tensors on the CPU, which are disposed of with it.</summary>
public sealed class CheckpointContent : IDisposable
{
    /// <summary>Values by path.</summary>
    public JsonObject Values { get; init; } = [];

    /// <summary>Tensors by path, row-major on the CPU.</summary>
    public OrderedDictionary<string, Tensor> Tensors { get; init; } = [];

    /// <summary>Bytes of all tensors.</summary>
    public long TensorBytes => Tensors.Values.Sum(tensor => tensor.numel() * tensor.dtype.ElementSize());

    /// <summary>Puts another content's entries into the place of those with the same paths.</summary>
    /// <param name="others">Emptied.</param>
    public void Replace(CheckpointContent others)
    {
        foreach (var (path, tensor) in others.Tensors)
        {
            Tensors[path].Dispose();
            Tensors[path] = tensor;
        }
        others.Tensors.Clear();
        foreach (var (path, value) in others.Values)
            Values[path] = value?.DeepClone();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
        Tensors.Clear();
    }
}
