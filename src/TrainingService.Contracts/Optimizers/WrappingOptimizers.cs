using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Optimizers;

/// <summary>
/// Scales the loss before gradients are computed, so that they do not vanish in float16; a step with a gradient that is not finite is left out
/// and halves the scale, and every so many good steps double it.
/// </summary>
/// <param name="InnerOptimizer">What moves the weights; its own <c>loss_scale_factor</c> is ignored, as in Keras.</param>
/// <param name="InitialScale">Above 0. Default: 32768.</param>
/// <param name="DynamicGrowthSteps">Good steps after which the scale doubles; at least 1. Default: 2000.</param>
/// <param name="Dynamic">Only true: a fixed scale is the <c>loss_scale_factor</c> of any optimizer.</param>
/// <param name="WeightDecay">Only null; it belongs to the inner optimizer, like the fields that follow.</param>
/// <param name="Clipnorm">Only null.</param>
/// <param name="GlobalClipnorm">Only null.</param>
/// <param name="Clipvalue">Only null.</param>
/// <param name="UseEma">Only false.</param>
/// <param name="EmaMomentum">Only 0.99.</param>
/// <param name="EmaOverwriteFrequency">Only null.</param>
/// <param name="LossScaleFactor">Only null.</param>
/// <param name="GradientAccumulationSteps">Only null.</param>
[Ignores("learning_rate")]
public sealed record LossScaleOptimizer(
    OptimizerSpec InnerOptimizer, [Range(double.Epsilon, 1e30)] double InitialScale = 32_768.0, [Range(1, int.MaxValue)] int DynamicGrowthSteps = 2000,
    [DefaultOnly] bool Dynamic = true, [DefaultOnly] object? WeightDecay = null, [DefaultOnly] object? Clipnorm = null,
    [DefaultOnly] object? GlobalClipnorm = null, [DefaultOnly] object? Clipvalue = null, [DefaultOnly] bool UseEma = false,
    [DefaultOnly] double EmaMomentum = 0.99, [DefaultOnly] object? EmaOverwriteFrequency = null, [DefaultOnly] object? LossScaleFactor = null,
    [DefaultOnly] object? GradientAccumulationSteps = null) : OptimizerSpec
{
    /// <inheritdoc />
    public override int SlotsPerWeight => InnerOptimizer.SlotsPerWeight;

    /// <inheritdoc />
    public override bool HasSchedule => InnerOptimizer.HasSchedule;

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (InnerOptimizer is LossScaleOptimizer)
            throw new SpecException("expected an optimizer that does not scale the loss dynamically itself. Received: LossScaleOptimizer.", "inner_optimizer");
    }
}

/// <summary>Several optimizers, each for the weights whose paths it is given.</summary>
/// <param name="OptimizerMap">Which optimizer moves which weight.</param>
/// <param name="LossScaleFactor">As in any optimizer; those of the inner ones are ignored, as in Keras.</param>
public sealed record MultiOptimizer(OptimizerMap OptimizerMap, [Range(double.Epsilon, 1e30)] double? LossScaleFactor = null) : OptimizerSpec
{
    /// <inheritdoc />
    public override int SlotsPerWeight => 2 + OptimizerMap.All.Max(optimizer => optimizer.SlotsPerWeight);

    /// <summary>Always: the rate of several optimizers cannot be set, in Keras either.</summary>
    public override bool HasSchedule => true;
}

/// <summary>The optimizers of a <see cref="MultiOptimizer"/>.</summary>
/// <param name="DefaultOptimizer">For weights that no pattern matches.</param>
/// <param name="ByPath">
/// <c>optimizer_map</c>: by path, such as <c>dense/kernel</c>, or by a regular expression that matches the whole path, such as <c>.*embeddings</c>.
/// </param>
public sealed record OptimizerMap(
    OptimizerSpec DefaultOptimizer, [WireName("optimizer_map")][MaxLength(1_000)] IReadOnlyDictionary<string, OptimizerSpec>? ByPath = null) : KerasSpec
{
    /// <summary>The keys that stand for a weight: its very path, or else every pattern that matches it. More than one is an error; none is the default.</summary>
    /// <param name="path"><c>&lt;layer&gt;/&lt;weight&gt;</c>.</param>
    /// <param name="model">The model's name; a key may be written with it in front, as in Keras, or without.</param>
    public IReadOnlyList<string> KeysOf(string path, string? model)
    {
        string[] paths = model is null ? [path] : [path, $"{model}/{path}"];
        var keys = ByPath?.Keys ?? [];
        return keys.FirstOrDefault(paths.Contains) is { } exact ? [exact] : [.. keys.Where(pattern => paths.Any(each => PathPattern.IsWhole(pattern, each)))];
    }

    /// <summary>Every optimizer, the default one last.</summary>
    public IEnumerable<OptimizerSpec> All => [.. (ByPath ?? new Dictionary<string, OptimizerSpec>()).Values, DefaultOptimizer];

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (DefaultOptimizer is not UpdateRuleSpec)
            throw new SpecException($"expected an optimizer that stands for itself. Received: {KerasKind.ClassName(DefaultOptimizer.GetType())}.", "default_optimizer");
        foreach (var (path, optimizer) in ByPath ?? new Dictionary<string, OptimizerSpec>())
        {
            PathPattern.Check(path, "optimizer_map");
            if (optimizer is not UpdateRuleSpec)
                throw new SpecException($"expected optimizers that stand for themselves. Received: {KerasKind.ClassName(optimizer.GetType())}.", "optimizer_map");
        }
    }
}
