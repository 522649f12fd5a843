using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace TrainingService.Engine.Checkpoints;

/// <summary>Takes what the parts of a run remember, each below a path of its own.</summary>
public sealed class StateWriter
{
    private readonly string _path;

    /// <summary>Begins an empty content.</summary>
    public StateWriter() : this(new CheckpointContent(), "")
    {
    }

    private StateWriter(CheckpointContent content, string path) => (Content, _path) = (content, path);

    /// <summary>What was added so far; the caller disposes of it.</summary>
    public CheckpointContent Content { get; }

    /// <summary>Adds a copy of a tensor.</summary>
    public void Add(string name, Tensor tensor)
    {
        using var noGrad = no_grad();
        var copy = empty(tensor.shape, tensor.dtype).DetachFromDisposeScope();
        copy.copy_(tensor);
        Content.Tensors.Add(_path + name, copy);
    }

    /// <summary>Adds a value.</summary>
    public void AddValue(string name, JsonNode? value) => Content.Values.Add(_path + name, value);

    /// <summary>Adds a part that remembers something itself.</summary>
    public void Add(string name, IStateful part) => part.WriteState(At(name));

    /// <summary>A place below this one.</summary>
    public StateWriter At(string name) => new(Content, $"{_path}{name}/");
}
