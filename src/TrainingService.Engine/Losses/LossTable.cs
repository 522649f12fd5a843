using TrainingService.Contracts.Losses;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Every loss: the record that describes it and the class that computes it.</summary>
public static class LossTable
{
    private static readonly Dictionary<Type, Func<LossSpec, Loss>> Table = new()
    {
        [typeof(Specs.CrossentropyByShape)] = spec => new CrossentropyByShape((Specs.CrossentropyByShape)spec),
        [typeof(Specs.BinaryCrossentropy)] = spec => new BinaryCrossentropy((Specs.BinaryCrossentropy)spec),
        [typeof(Specs.BinaryFocalCrossentropy)] = spec => new BinaryFocalCrossentropy((Specs.BinaryFocalCrossentropy)spec),
        [typeof(Specs.CategoricalCrossentropy)] = spec => new CategoricalCrossentropy((Specs.CategoricalCrossentropy)spec),
        [typeof(Specs.CategoricalFocalCrossentropy)] = spec => new CategoricalFocalCrossentropy((Specs.CategoricalFocalCrossentropy)spec),
        [typeof(Specs.CategoricalGeneralizedCrossEntropy)] = spec => new CategoricalGeneralizedCrossEntropy((Specs.CategoricalGeneralizedCrossEntropy)spec),
        [typeof(Specs.SparseCategoricalCrossentropy)] = spec => new SparseCategoricalCrossentropy((Specs.SparseCategoricalCrossentropy)spec),
        [typeof(Specs.MeanSquaredError)] = spec => new MeanSquaredError((Specs.MeanSquaredError)spec),
        [typeof(Specs.MeanAbsoluteError)] = spec => new MeanAbsoluteError((Specs.MeanAbsoluteError)spec),
        [typeof(Specs.MeanAbsolutePercentageError)] = spec => new MeanAbsolutePercentageError((Specs.MeanAbsolutePercentageError)spec),
        [typeof(Specs.MeanSquaredLogarithmicError)] = spec => new MeanSquaredLogarithmicError((Specs.MeanSquaredLogarithmicError)spec),
        [typeof(Specs.Huber)] = spec => new Huber((Specs.Huber)spec),
        [typeof(Specs.LogCosh)] = spec => new LogCosh((Specs.LogCosh)spec),
        [typeof(Specs.CosineSimilarity)] = spec => new CosineSimilarity((Specs.CosineSimilarity)spec),
        [typeof(Specs.KLDivergence)] = spec => new KLDivergence((Specs.KLDivergence)spec),
        [typeof(Specs.Poisson)] = spec => new Poisson((Specs.Poisson)spec),
        [typeof(Specs.Hinge)] = spec => new Hinge((Specs.Hinge)spec),
        [typeof(Specs.SquaredHinge)] = spec => new SquaredHinge((Specs.SquaredHinge)spec),
        [typeof(Specs.CategoricalHinge)] = spec => new CategoricalHinge((Specs.CategoricalHinge)spec),
        [typeof(Specs.Dice)] = spec => new Dice((Specs.Dice)spec),
        [typeof(Specs.Tversky)] = spec => new Tversky((Specs.Tversky)spec),
        [typeof(Specs.Circle)] = spec => new Circle((Specs.Circle)spec),
        [typeof(Specs.CTC)] = spec => new CTC((Specs.CTC)spec),
        [typeof(Specs.ExpressionLoss)] = spec => new ExpressionLoss((Specs.ExpressionLoss)spec),
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
