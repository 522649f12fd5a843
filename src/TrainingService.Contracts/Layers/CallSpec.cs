using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The arguments of one call beside the first: shapes in place of tensors, and plain values.</summary>
/// <param name="form">How the layer is called.</param>
/// <param name="shapes">Shapes of all tensors of the call, in the form's order.</param>
public sealed class CallSpec(CallForm form, IReadOnlyList<Shape> shapes)
{
    /// <summary>A call with its first argument and nothing else.</summary>
    public static CallSpec None { get; } = new(CallForm.OneInput, []);

    /// <summary>How the layer is called.</summary>
    public CallForm Form { get; } = form;

    /// <summary>Paths of the first parameter's tensors when it is a dict, <c>bounding_boxes/labels</c>; otherwise null.</summary>
    public IReadOnlyList<string>? InputNames => Form.InputNames;

    /// <summary>Whether the argument is given and not None.</summary>
    public bool Has(string name) => Form.Named.ContainsKey(name);

    /// <summary>The argument as it is given, or null.</summary>
    public CallValue? Value(string name) => Form.Named.GetValueOrDefault(name);

    /// <summary>Shape of an argument that is a tensor; null when it is not given.</summary>
    /// <exception cref="SpecException">It is something else.</exception>
    public Shape? Shape(string name) => Value(name) switch
    {
        null => null,
        CallTensor tensor => shapes[tensor.Index],
        _ => throw new SpecException($"expected a tensor as the argument {name}."),
    };

    /// <summary>Shapes of the tensors of an argument, whether it is one or a list; empty when it is not given.</summary>
    public IReadOnlyList<Shape> Shapes(string name) => Value(name) is { } value ? [.. value.Tensors().Select(index => shapes[index])] : [];

    /// <summary>An argument that is true or false (or a number); the fallback when it is not given.</summary>
    public bool Flag(string name, bool fallback = false) => CallValues.Flag(Value(name), name, fallback);

    /// <summary>An argument that is a number; null when it is not given.</summary>
    public double? Number(string name) => CallValues.Number(Value(name), name);
}
