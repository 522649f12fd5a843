using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace TrainingService.Engine.Checkpoints;

/// <summary>Gives the parts of a run what they remembered, each from below its own path.</summary>
public sealed class StateReader
{
    private readonly CheckpointContent _content;
    private readonly HashSet<string> _read;
    private readonly string _path;

    /// <summary>Reads from a content, which must outlive this.</summary>
    public StateReader(CheckpointContent content) : this(content, [], "")
    {
    }

    private StateReader(CheckpointContent content, HashSet<string> read, string path) => (_content, _read, _path) = (content, read, path);

    /// <summary>A tensor; it stays the content's.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">What it must look like; null takes any shape.</param>
    /// <exception cref="CheckpointException">There is none, or one of another shape.</exception>
    public Tensor Tensor(string name, long[]? shape = null)
    {
        var tensor = Find(name) ?? throw new CheckpointException($"expected a tensor {_path}{name}. Received: none.");
        return shape is null || tensor.shape.AsSpan().SequenceEqual(shape)
            ? tensor
            : throw new CheckpointException($"{_path}{name}: expected shape ({string.Join(", ", shape)}). Received: ({string.Join(", ", tensor.shape)}).");
    }

    /// <summary>A tensor that need not be there.</summary>
    public Tensor? Find(string name)
    {
        _read.Add(_path + name);
        return _content.Tensors.GetValueOrDefault(_path + name);
    }

    /// <summary>A value that may be null.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public JsonNode? Value(string name)
    {
        _read.Add(_path + name);
        return _content.Values.TryGetPropertyValue(_path + name, out var value) ? value : throw new CheckpointException($"expected a value {_path}{name}. Received: none.");
    }

    /// <summary>A value that must be there and of a type.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public T Value<T>(string name)
    {
        var value = Value(name);
        try
        {
            return value is null ? throw new JsonException("null") : value.Deserialize<T>()!;
        }
        catch (JsonException)
        {
            throw new CheckpointException($"{_path}{name}: expected a {typeof(T).Name}. Received: {value?.ToJsonString() ?? "null"}.");
        }
    }

    /// <summary>Lets a part read what it wrote.</summary>
    public void Read(string name, IStateful part) => part.ReadState(At(name));

    /// <summary>A place below this one.</summary>
    public StateReader At(string name) => new(_content, _read, $"{_path}{name}/");

    /// <summary>Names of the tensors below this place.</summary>
    public IEnumerable<string> TensorNames => _content.Tensors.Keys.Where(path => path.StartsWith(_path, StringComparison.Ordinal)).Select(path => path[_path.Length..]);

    /// <summary>Passes over what is below a place.</summary>
    public void Skip(string name) =>
        _read.UnionWith(_content.Tensors.Keys.Concat(_content.Values.Select(value => value.Key)).Where(path => path.StartsWith($"{_path}{name}/", StringComparison.Ordinal)));

    /// <summary>Makes sure that nothing is left that a run of this kind has no place for.</summary>
    /// <exception cref="CheckpointException">Something is.</exception>
    public void ExpectEnd()
    {
        var left = _content.Tensors.Keys.Concat(_content.Values.Select(value => value.Key)).Where(path => path.StartsWith(_path, StringComparison.Ordinal) && !_read.Contains(path)).ToList();
        if (left.Count > 0)
            throw new CheckpointException($"expected nothing but what this run remembers. Received also: {string.Join(", ", left.Take(5))}.");
    }
}
