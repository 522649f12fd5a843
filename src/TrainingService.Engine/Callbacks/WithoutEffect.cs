using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Stands for a callback whose work every run does anyway.</summary>
/// <param name="spec">Which one.</param>
public sealed class WithoutEffect(Specs.CallbackWithoutEffect spec) : Callback
{
    /// <summary>The callback that it stands for.</summary>
    public Specs.CallbackWithoutEffect Spec { get; } = spec;
}
