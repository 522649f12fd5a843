using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>The curve whose area is taken.</summary>
public enum AUCCurve
{
    /// <summary>Share of true positives over share of false positives.</summary>
    [WireName("ROC"), AlsoNamed("roc")]
    Roc,

    /// <summary>Precision over recall.</summary>
    [WireName("PR"), AlsoNamed("pr")]
    Pr,

    /// <summary>Precision gain over recall gain; Flach and Kull, Precision-Recall-Gain Curves (2015).</summary>
    [WireName("PRGAIN"), AlsoNamed("prgain")]
    PrGain,
}

/// <summary>How high the curve is between two points.</summary>
public enum AUCSummationMethod
{
    /// <summary>Half way; for precision over recall the interpolation of Davis and Goadrich (2006).</summary>
    [AlsoNamed("Interpolation")]
    Interpolation,

    /// <summary>As high as the higher one.</summary>
    [AlsoNamed("Majoring")]
    Majoring,

    /// <summary>As high as the lower one.</summary>
    [AlsoNamed("Minoring")]
    Minoring,
}

/// <summary>Area under a curve of yes-or-no decisions at many thresholds.</summary>
/// <param name="NumThresholds">2 or more, evenly over 0 to 1. Default: 200.</param>
/// <param name="Curve">Default: ROC.</param>
/// <param name="SummationMethod">Default: interpolation.</param>
/// <param name="Thresholds">Thresholds of 0 to 1 instead; 0 and 1 are added. Default: null.</param>
/// <param name="MultiLabel">Whether every label has a curve of its own, and the figure is the mean of the areas. Default: false.</param>
/// <param name="NumLabels">Labels, with <c>multi_label</c> only. Default: null, as many as the outputs have.</param>
/// <param name="LabelWeights">One weight per label: of its area with <c>multi_label</c>, otherwise of its rows. Default: null, all the same.</param>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
public sealed record AUC(
    [Range(2, 100_000)] int NumThresholds = 200, AUCCurve Curve = AUCCurve.Roc, AUCSummationMethod SummationMethod = AUCSummationMethod.Interpolation,
    [Range(0.0, 1.0), MaxLength(100_000)] IReadOnlyList<double>? Thresholds = null, bool MultiLabel = false, [Range(1, int.MaxValue)] int? NumLabels = null,
    [Range(0.0, float.MaxValue), MinLength(1), MaxLength(65_536)] IReadOnlyList<double>? LabelWeights = null, bool FromLogits = false) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        var last = output[-1];
        if (NumLabels is not null && !MultiLabel)
            throw new SpecException("num_labels is needed only with multi_label true. Expected null.", "num_labels");
        if (MultiLabel && output.Rank != 2)
            throw new SpecException($"{Name ?? DefaultName} expects outputs (batch, labels) for multi_label. Received: {output}.", "multi_label");
        if (NumLabels is { } count && last is { } known && count != known)
            throw new SpecException($"expected {known}, as many labels as outputs {output} have. Received: {count}.", "num_labels");
        if (LabelWeights is { } weights && last is { } size && weights.Count != size)
            throw new SpecException($"expected one weight for each of the {size} labels of outputs {output}. Received: {weights.Count}.", "label_weights");
    }
}
