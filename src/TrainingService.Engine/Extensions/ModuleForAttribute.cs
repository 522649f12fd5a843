namespace TrainingService.Engine.Extensions;

/// <summary>
/// Marks a layer of the operator's own with the record that it computes. It derives from <see cref="Layers.Layer"/> and has a public
/// constructor that takes the record and a <see cref="Layers.LayerContext"/>.
/// </summary>
/// <param name="spec">The record, marked with its registered name.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModuleForAttribute(Type spec) : Attribute
{
    /// <summary>The record.</summary>
    public Type Spec { get; } = spec;
}
