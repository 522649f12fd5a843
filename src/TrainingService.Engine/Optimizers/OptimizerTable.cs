using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Every optimizer: the record that describes it and the class that computes it.</summary>
public static class OptimizerTable
{
    private static readonly Dictionary<Type, Func<OptimizerSpec, ParameterBuffer, string?, Optimizer>> Table = new()
    {
        [typeof(Specs.Sgd)] = (spec, parameters, _) => new Sgd((Specs.Sgd)spec, parameters),
        [typeof(Specs.RmsProp)] = (spec, parameters, _) => new RmsProp((Specs.RmsProp)spec, parameters),
        [typeof(Specs.Adam)] = (spec, parameters, _) => new Adam((Specs.Adam)spec, parameters),
        [typeof(Specs.AdamW)] = (spec, parameters, _) => new Adam((Specs.AdamW)spec, parameters),
        [typeof(Specs.Adadelta)] = (spec, parameters, _) => new Adadelta((Specs.Adadelta)spec, parameters),
        [typeof(Specs.Adagrad)] = (spec, parameters, _) => new Adagrad((Specs.Adagrad)spec, parameters),
        [typeof(Specs.Adamax)] = (spec, parameters, _) => new Adamax((Specs.Adamax)spec, parameters),
        [typeof(Specs.Nadam)] = (spec, parameters, _) => new Nadam((Specs.Nadam)spec, parameters),
        [typeof(Specs.Ftrl)] = (spec, parameters, _) => new Ftrl((Specs.Ftrl)spec, parameters),
        [typeof(Specs.Lion)] = (spec, parameters, _) => new Lion((Specs.Lion)spec, parameters),
        [typeof(Specs.Lamb)] = (spec, parameters, _) => new Lamb((Specs.Lamb)spec, parameters),
        [typeof(Specs.Adafactor)] = (spec, parameters, _) => new Adafactor((Specs.Adafactor)spec, parameters),
        [typeof(Specs.Muon)] = (spec, parameters, _) => new Muon((Specs.Muon)spec, parameters),
        [typeof(Specs.ScheduleFreeAdamW)] = (spec, parameters, _) => new ScheduleFreeAdamW((Specs.ScheduleFreeAdamW)spec, parameters),
        [typeof(Specs.LossScaleOptimizer)] = (spec, parameters, model) => new LossScaleOptimizer((Specs.LossScaleOptimizer)spec, parameters, model),
        [typeof(Specs.MultiOptimizer)] = (spec, parameters, model) => new MultiOptimizer((Specs.MultiOptimizer)spec, parameters, model),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>What <c>compile</c> makes of the optimizer: a model of the policy mixed_float16 gets dynamic loss scaling, unless it is switched off.</summary>
    /// <param name="compile">The optimizer, rmsprop where there is none.</param>
    /// <param name="model">Its dtype policy decides.</param>
    public static OptimizerSpec Compile(CompileSpec compile, ModelSpec model)
    {
        var optimizer = compile.Optimizer ?? new Specs.RmsProp();
        return compile.AutoScaleLoss && model.Dtype == "mixed_float16" && optimizer is not Specs.LossScaleOptimizer ? new Specs.LossScaleOptimizer(optimizer) : optimizer;
    }

    /// <summary>Builds the optimizer of a spec.</summary>
    /// <param name="spec">Which, and how.</param>
    /// <param name="parameters">Weights and gradients.</param>
    /// <param name="model">The model's name, with which Keras's paths of weights begin; null where no path is asked for.</param>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Optimizer Build(OptimizerSpec spec, ParameterBuffer parameters, string? model = null) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec, parameters, model)
            : throw new NotSupportedException($"No class computes the optimizer {spec.GetType().Name}.");
}
