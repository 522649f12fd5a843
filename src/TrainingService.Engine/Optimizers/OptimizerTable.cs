using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Every optimizer: the record that describes it and the class that computes it.</summary>
public static class OptimizerTable
{
    private static readonly Dictionary<Type, Func<OptimizerSpec, ParameterBuffer, Optimizer>> Table = new()
    {
        [typeof(Specs.Sgd)] = (spec, parameters) => new Sgd((Specs.Sgd)spec, parameters),
        [typeof(Specs.RmsProp)] = (spec, parameters) => new RmsProp((Specs.RmsProp)spec, parameters),
        [typeof(Specs.Adam)] = (spec, parameters) => new Adam((Specs.Adam)spec, parameters),
        [typeof(Specs.AdamW)] = (spec, parameters) => new Adam((Specs.AdamW)spec, parameters),
        [typeof(Specs.Adadelta)] = (spec, parameters) => new Adadelta((Specs.Adadelta)spec, parameters),
        [typeof(Specs.Adagrad)] = (spec, parameters) => new Adagrad((Specs.Adagrad)spec, parameters),
        [typeof(Specs.Adamax)] = (spec, parameters) => new Adamax((Specs.Adamax)spec, parameters),
        [typeof(Specs.Nadam)] = (spec, parameters) => new Nadam((Specs.Nadam)spec, parameters),
        [typeof(Specs.Ftrl)] = (spec, parameters) => new Ftrl((Specs.Ftrl)spec, parameters),
        [typeof(Specs.Lion)] = (spec, parameters) => new Lion((Specs.Lion)spec, parameters),
        [typeof(Specs.Lamb)] = (spec, parameters) => new Lamb((Specs.Lamb)spec, parameters),
        [typeof(Specs.Adafactor)] = (spec, parameters) => new Adafactor((Specs.Adafactor)spec, parameters),
        [typeof(Specs.Muon)] = (spec, parameters) => new Muon((Specs.Muon)spec, parameters),
        [typeof(Specs.ScheduleFreeAdamW)] = (spec, parameters) => new ScheduleFreeAdamW((Specs.ScheduleFreeAdamW)spec, parameters),
        [typeof(Specs.LossScaleOptimizer)] = (spec, parameters) => new LossScaleOptimizer((Specs.LossScaleOptimizer)spec, parameters),
        [typeof(Specs.MultiOptimizer)] = (spec, parameters) => new MultiOptimizer((Specs.MultiOptimizer)spec, parameters),
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
