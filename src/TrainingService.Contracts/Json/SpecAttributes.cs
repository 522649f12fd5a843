namespace TrainingService.Contracts.Json;

/// <summary>
/// A Keras field that would change the computation and that this engine computes only at its default. Any other value is refused,
/// with the field's name; the default is accepted so that unmodified Keras JSON loads.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DefaultOnlyAttribute : Attribute;

/// <summary>A field of Keras's JSON that only matters to Python; read and ignored wherever the annotated spec is read.</summary>
/// <param name="names">Wire names, such as <c>sparse</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class IgnoresAttribute(params string[] names) : Attribute
{
    /// <summary>The wire names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>Another wire name under which the field is read (older Keras dialects); writing uses the first name.</summary>
/// <param name="names">Wire names, such as <c>batch_input_shape</c>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AlsoNamedAttribute(params string[] names) : Attribute
{
    /// <summary>The wire names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>The class name on the wire where it is not the record's own name.</summary>
/// <param name="name">Keras's class name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ClassNameAttribute(string name) : Attribute
{
    /// <summary>Keras's class name.</summary>
    public string Name { get; } = name;
}
