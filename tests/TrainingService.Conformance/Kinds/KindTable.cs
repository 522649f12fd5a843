using TorchSharp;

namespace TrainingService.Conformance.Kinds;

/// <summary>Every kind of case and the check for it.</summary>
public static class KindTable
{
    private static readonly Dictionary<string, Action<ConformanceCase>> Table = new()
    {
        ["activation"] = ActivationKind.Check,
        ["callback"] = CallbackKind.Check,
        ["architecture"] = ArchitectureKind.Check,
        ["layer"] = LayerKinds.Check,
        ["layer_property"] = LayerPropertyKind.Check,
        ["layer_adapt"] = AdaptKinds.CheckAdapt,
        ["lookup_layer"] = AdaptKinds.CheckLookup,
        ["layer_sequence"] = LayerKinds.CheckSequence,
        ["layer_shape"] = LayerShapeKind.Check,
        ["constraint"] = PenaltyKinds.CheckConstraint,
        ["initializer"] = InitializerKinds.CheckExact,
        ["initializer_statistics"] = InitializerKinds.CheckStatistics,
        ["loss"] = LossKinds.CheckLoss,
        ["loss_function"] = LossKinds.CheckFunction,
        ["model_evaluate"] = ModelKinds.CheckEvaluate,
        ["model_fit"] = ModelKinds.CheckFit,
        ["metric"] = MetricKind.Check,
        ["lr_schedule"] = OptimizerKinds.CheckSchedule,
        ["optimizer"] = OptimizerKinds.CheckOptimizer,
        ["regularizer"] = PenaltyKinds.CheckRegularizer,
    };

    /// <summary>The kinds that have a check.</summary>
    public static IReadOnlyCollection<string> Covered => Table.Keys;

    /// <summary>Asks the engine for the case's numbers.</summary>
    /// <exception cref="DifferenceException">They are not Keras's.</exception>
    public static void Check(ConformanceCase given)
    {
        if (!Table.TryGetValue(given.Kind, out var check))
            throw new DifferenceException($"there is no check for the kind {given.Kind}.");
        using var scope = torch.NewDisposeScope();
        check(given);
    }
}
