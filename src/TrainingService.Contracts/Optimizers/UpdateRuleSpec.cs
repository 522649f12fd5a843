using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Optimizers;

/// <summary>
/// An optimizer with an update rule of its own, and what all of them share: the gradients are unscaled, accumulated, clipped; the weights
/// decay, move, are averaged; in that order, as in Keras.
/// </summary>
public abstract record UpdateRuleSpec : OptimizerSpec
{
    /// <summary>A rule with its own defaults.</summary>
    protected UpdateRuleSpec(LearningRate learningRate, double? weightDecay = null) => (LearningRate, WeightDecay) = (learningRate, weightDecay);

    /// <summary>Above 0, or a schedule.</summary>
    [AlsoNamed("lr")]
    [Range(double.Epsilon, 1e6)]
    public LearningRate LearningRate { get; init; }

    /// <summary>Decoupled decay, <c>w -= w · decay · lr</c> before the step. Null for none.</summary>
    [NullAllowed]
    [Range(0.0, 1e6)]
    public double? WeightDecay { get; init; }

    /// <summary>Largest norm of each weight's gradient; null or 0 for none. Only one of the three clips.</summary>
    [Range(0.0, 1e30)]
    public double? Clipnorm { get; init; }

    /// <summary>Largest norm of all gradients together; null or 0 for none.</summary>
    [Range(0.0, 1e30)]
    public double? GlobalClipnorm { get; init; }

    /// <summary>Largest absolute value in a gradient; null or 0 for none.</summary>
    [Range(0.0, 1e30)]
    public double? Clipvalue { get; init; }

    /// <summary>Whether the average of each weight over the steps is kept, and takes the weight's place when training ends. Default: false.</summary>
    public bool UseEma { get; init; }

    /// <summary>Part of the average that is kept at each step, 0 to 1. Default: 0.99.</summary>
    [Range(0.0, 1.0)]
    public double EmaMomentum { get; init; } = 0.99;

    /// <summary>Steps after which the weights are set to their averages. Default: null, only when training ends.</summary>
    [Range(1, int.MaxValue)]
    public int? EmaOverwriteFrequency { get; init; }

    /// <summary>Factor of the loss before gradients are computed, which the gradients are divided by; above 0. Default: none.</summary>
    [Range(double.Epsilon, 1e30)]
    public double? LossScaleFactor { get; init; }

    /// <summary>Batches whose gradients are averaged into one step, at least 2. Default: none.</summary>
    [Range(2, int.MaxValue)]
    public int? GradientAccumulationSteps { get; init; }

    /// <summary>Keras 2's decay of the learning rate, <c>lr / (1 + decay · steps)</c>. Default: none.</summary>
    [OmittedWhenNull]
    [Range(0.0, 1e6)]
    public double? Decay { get; init; }

    /// <summary>Tensors of a weight's size that the rule itself keeps per weight.</summary>
    protected abstract int RuleSlots { get; }

    /// <inheritdoc />
    public override int SlotsPerWeight => RuleSlots + (UseEma ? 1 : 0) + (GradientAccumulationSteps is null ? 0 : 1);

    /// <inheritdoc />
    public override bool HasSchedule => LearningRate.Schedule is not null;

    /// <inheritdoc />
    public override void CheckFields()
    {
        var clips = new[] { ("clipnorm", Clipnorm), ("global_clipnorm", GlobalClipnorm), ("clipvalue", Clipvalue) }
            .Where(clip => clip.Item2 is not null).Select(clip => clip.Item1).ToList();
        if (clips.Count > 1)
            throw new SpecException($"expected only one of clipnorm, global_clipnorm and clipvalue. Received: {string.Join(" and ", clips)}.", clips[1]);
    }
}
