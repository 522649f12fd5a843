using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Optimizers;

/// <summary>How weights move along their gradients.</summary>
[Ignores("name", "jit_compile", "is_legacy_optimizer")]
public abstract record OptimizerSpec : KerasSpec
{
    /// <summary>Tensors of a weight's size that the optimizer keeps per weight; for the memory estimate.</summary>
    public abstract int SlotsPerWeight { get; }

    /// <summary>Whether the learning rate follows a schedule, so that nothing else may set it.</summary>
    public abstract bool HasSchedule { get; }
}
