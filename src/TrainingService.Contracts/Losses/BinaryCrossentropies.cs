using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>Cross-entropy of yes-or-no labels and probabilities, meaned over an axis.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / 2</c>. Default: 0.</param>
/// <param name="Axis">The axis to mean over. Default: -1.</param>
public sealed record BinaryCrossentropy(bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireSameShape(labels, output);
        ShapeRule.RequireAxis(Axis, output);
    }
}

/// <summary>
/// Binary cross-entropy in which easy values count less: times <c>(1 - p_t)^gamma</c>, where <c>p_t</c> is the probability of what is right.
/// Lin et al., Focal Loss for Dense Object Detection (2018).
/// </summary>
/// <param name="ApplyClassBalancing">Whether label 1 counts <c>alpha</c> and label 0 counts <c>1 - alpha</c>. Default: false.</param>
/// <param name="Alpha">0 to 1. Default: 0.25.</param>
/// <param name="Gamma">0 or more. Default: 2.</param>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / 2</c>. Default: 0.</param>
/// <param name="Axis">The axis to mean over. Default: -1.</param>
public sealed record BinaryFocalCrossentropy(
    bool ApplyClassBalancing = false, [Range(0.0, 1.0)] double Alpha = 0.25, [Range(0.0, 1000.0)] double Gamma = 2.0, bool FromLogits = false,
    [Range(0.0, 1.0)] double LabelSmoothing = 0.0, int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireSameShape(labels, output);
        ShapeRule.RequireAxis(Axis, output);
    }
}
