namespace TrainingService.Contracts.Extensions;

/// <summary>
/// Marks a record of the operator's own, a <see cref="Layers.LayerSpec"/> or a <see cref="Models.SubclassedModel"/>, with the name that
/// Keras knows its class by: <c>keras.saving.register_keras_serializable(package, name)</c>.
/// </summary>
/// <param name="registeredName"><c>package&gt;Name</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RegisteredLayerAttribute(string registeredName) : Attribute
{
    /// <summary><c>package&gt;Name</c>.</summary>
    public string RegisteredName { get; } = registeredName;
}
