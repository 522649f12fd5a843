using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Every optimizer: the record that describes it and the class that computes it.</summary>
public static class OptimizerTable
{
    private static readonly Dictionary<Type, Func<OptimizerSpec, ParameterBuffer, Optimizer>> Table = new()
    {
        [typeof(Specs.Adam)] = (spec, parameters) => new Adam((Specs.Adam)spec, parameters),
        [typeof(Specs.Sgd)] = (spec, parameters) => new Sgd((Specs.Sgd)spec, parameters),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the optimizer of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Optimizer Build(OptimizerSpec spec, ParameterBuffer parameters) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec, parameters)
            : throw new NotSupportedException($"No class computes the optimizer {spec.GetType().Name}.");
}
