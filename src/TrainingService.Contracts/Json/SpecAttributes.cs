namespace TrainingService.Contracts.Json;

/// <summary>
/// A Keras field that would change the computation and that this engine computes only at its default. Any other value is refused,
/// with the field's name; the default is accepted so that unmodified Keras JSON loads.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class DefaultOnlyAttribute : Attribute;

/// <summary>A field of Keras's JSON that only matters to Python; read and ignored wherever the annotated spec is read.</summary>
/// <param name="names">Wire names, such as <c>sparse</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class IgnoresAttribute(params string[] names) : Attribute
{
    /// <summary>The wire names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>Another wire name under which the field or word is read (older Keras dialects); writing uses the first name.</summary>
/// <param name="names">Wire names, such as <c>batch_input_shape</c>.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AlsoNamedAttribute(params string[] names) : Attribute
{
    /// <summary>The wire names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>Null is a value of the field, and not its default.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class NullAllowedAttribute : Attribute;

/// <summary>The wire name of a field, or of a word, where it is not the C# name in snake case.</summary>
/// <param name="name">Keras's name, such as <c>beta_1</c>.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WireNameAttribute(string name) : Attribute
{
    /// <summary>Keras's name.</summary>
    public string Name { get; } = name;
}

/// <summary>The word of an enum that Keras writes as null.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NullWordAttribute : Attribute;

/// <summary>Fields that Keras's class has no argument for: they are read, and left out when the spec is written, so that Keras reads it back.</summary>
/// <param name="names">Wire names, such as <c>trainable</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OmitsAttribute(params string[] names) : Attribute
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

/// <summary>A dtype policy: on the wire <c>"float32"</c> or Keras's <c>DTypePolicy</c> object; only float32 is computed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DtypePolicyAttribute : Attribute;

/// <summary>A frequency whose word <c>"batch"</c> stands for every batch.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AcceptsBatchAttribute : Attribute;

/// <summary>A number whose word <c>"auto"</c>, as null, leaves the choice to the program.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AcceptsAutoAttribute : Attribute;

/// <summary>A field that is written only when it is set, as Keras does.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class OmittedWhenNullAttribute : Attribute;

/// <summary>A shape or list of one entry may also be written as the entry alone.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class OrSingleAttribute : Attribute;

/// <summary>Lengths of the texts in a list or table; a table's keys have at most 100 characters.</summary>
/// <param name="minimum">Shortest text.</param>
/// <param name="maximum">Longest text.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EachLengthAttribute(int minimum, int maximum) : Attribute
{
    /// <summary>Longest key of a table.</summary>
    public const int LongestKey = 100;

    /// <summary>Shortest text.</summary>
    public int Minimum { get; } = minimum;

    /// <summary>Longest text.</summary>
    public int Maximum { get; } = maximum;
}
