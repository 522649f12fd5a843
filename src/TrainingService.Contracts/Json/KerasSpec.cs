using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json;

/// <summary>
/// Anything that Keras serializes as <c>{"class_name": "Dense", "config": {…}}</c>. The record's name is the class name and its
/// constructor parameters, in snake case, are the config's fields with their defaults; <see cref="KerasCatalog"/> lists the records.
/// </summary>
public abstract record KerasSpec
{
    /// <summary>Whether the fields go together. Asked once when the spec is read and each field for itself obeys its rules.</summary>
    /// <exception cref="SpecException">Two fields exclude each other; the exception names the second.</exception>
    public virtual void CheckFields()
    {
    }
}
