using TrainingService.Contracts.Losses;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Every loss: the record that describes it and the class that computes it.</summary>
public static class LossTable
{
    private static readonly Dictionary<Type, Func<LossSpec, Loss>> Table = new()
    {
        [typeof(Specs.SparseCategoricalCrossentropy)] = spec => new SparseCategoricalCrossentropy((Specs.SparseCategoricalCrossentropy)spec),
        [typeof(Specs.CategoricalCrossentropy)] = spec => new CategoricalCrossentropy((Specs.CategoricalCrossentropy)spec),
        [typeof(Specs.BinaryCrossentropy)] = spec => new BinaryCrossentropy((Specs.BinaryCrossentropy)spec),
        [typeof(Specs.MeanSquaredError)] = spec => new MeanSquaredError((Specs.MeanSquaredError)spec),
        [typeof(Specs.MeanAbsoluteError)] = spec => new MeanAbsoluteError((Specs.MeanAbsoluteError)spec),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the loss of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Loss Build(LossSpec spec) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec)
            : throw new NotSupportedException($"No class computes the loss {spec.GetType().Name}.");
}
