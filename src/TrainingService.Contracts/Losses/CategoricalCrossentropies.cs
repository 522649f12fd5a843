using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>Cross-entropy of one-hot (or soft) labels and class probabilities; rows of probabilities are first made to sum to one.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / classes</c>. Default: 0.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record CategoricalCrossentropy(bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => CheckOneHot(this, "categorical_crossentropy", Axis, labels, output);

    internal static void CheckOneHot(LossSpec loss, string name, int axis, Shape labels, Shape output)
    {
        ShapeRule.RequireAxis(axis, output);
        if (output.Rank < 2 || output[axis] == 1)
            throw new SpecException($"{name} expects one output per class. Received: {output}.");
        if (labels.IsCompatibleWith(output))
            return;
        var hint = loss is CategoricalCrossentropy ? "; for integer labels use sparse_categorical_crossentropy" : "";
        throw new SpecException($"{name} expects one-hot labels of shape {output}{hint}. Received: labels {labels}.");
    }
}

/// <summary>
/// Categorical cross-entropy in which easy values count less: <c>Σ -alpha·(1 - p)^gamma·y·log(p)</c>.
/// Lin et al., Focal Loss for Dense Object Detection (2018).
/// </summary>
/// <param name="Alpha">Weight of all classes, or one per class; 0 or more. Default: 0.25.</param>
/// <param name="Gamma">0 or more. Default: 2.</param>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / classes</c>. Default: 0.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record CategoricalFocalCrossentropy(
    [Range(0.0, float.MaxValue), OrSingle, MinLength(1), MaxLength(65_536)] IReadOnlyList<double>? Alpha = null, [Range(0.0, 1000.0)] double Gamma = 2.0,
    bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, int Axis = -1) : LossSpec
{
    /// <summary>Weight of all classes, or one per class.</summary>
    public IReadOnlyList<double> Alpha { get; init; } = Alpha ?? [0.25];

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        CategoricalCrossentropy.CheckOneHot(this, "categorical_focal_crossentropy", Axis, labels, output);
        // The weights lie along the last axis, wherever the classes are.
        if (Alpha.Count > 1 && output[-1] is { } last && last != Alpha.Count)
            throw new SpecException($"expected one number, or one for each of the {last} entries of the last axis. Received: {Alpha.Count}.", "alpha");
    }
}

/// <summary>
/// Cross-entropy that bears wrong labels: <c>(1 - p^q) / q</c>, where p is the probability of the label; labels are class numbers.
/// Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels (2018).
/// </summary>
/// <param name="Q">Between 0 (cross-entropy) and 1 (mean absolute error), both exclusive. Default: 0.5.</param>
/// <remarks>Labels <c>(batch, …)</c>, outputs <c>(batch, …, classes)</c>. Probabilities are not clipped.</remarks>
public sealed record CategoricalGeneralizedCrossEntropy([Range(double.Epsilon, 0.9999999)] double Q = 0.5) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        var positions = new Shape(output.Take(output.Rank - 1));
        if (output.Rank < 2 || !labels.IsCompatibleWith(positions))
            throw new SpecException($"categorical_generalized_cross_entropy expects class numbers, one axis less than outputs (batch, …, classes). Received: labels {labels}, outputs {output}.");
    }
}
