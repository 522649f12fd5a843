using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>How the values of a loss become one number.</summary>
public enum Reduction
{
    /// <summary>Sum divided by the number of elements, zero-weighted ones included.</summary>
    [AlsoNamed("auto")]
    SumOverBatchSize,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Mean over the elements.</summary>
    Mean,

    /// <summary>Sum divided by the sum of the weights.</summary>
    MeanWithSampleWeight,
}

/// <summary>What training makes small.</summary>
public abstract record LossSpec : KerasSpec
{
    /// <summary>Checks labels against the model's output.</summary>
    /// <param name="labels">Shape of the labels with the batch axis.</param>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    /// <exception cref="SpecException">They do not go together; says what would.</exception>
    public abstract void CheckShapes(Shape labels, Shape output);

    /// <summary>Refuses labels that are not of the output's shape; a last axis of 1 may be left out on one side, as Keras allows.</summary>
    protected void RequireSameShape(Shape labels, Shape output)
    {
        if (labels.IsCompatibleWith(output) || SqueezedMatches(labels, output) || SqueezedMatches(output, labels))
            return;
        throw new SpecException($"{GetType().Name} compares labels and outputs of one shape. Received: labels {labels}, outputs {output}.");
    }

    private static bool SqueezedMatches(Shape longer, Shape shorter) =>
        longer.Rank == shorter.Rank + 1 && longer[-1] == 1 && new Shape(longer.Take(shorter.Rank)).IsCompatibleWith(shorter);
}

/// <summary>Cross-entropy of integer class labels and class probabilities.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="Reduction">Default: sum_over_batch_size.</param>
/// <param name="Axis">Only -1.</param>
/// <remarks>Labels <c>(batch, …)</c> or <c>(batch, …, 1)</c>, outputs <c>(batch, …, classes)</c>.</remarks>
[Ignores("name", "dtype", "fn")]
public sealed record SparseCategoricalCrossentropy(
    bool FromLogits = false, int? IgnoreClass = null, Reduction Reduction = Reduction.SumOverBatchSize,
    [DefaultOnly] int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        if (output.Rank < 2)
            throw new SpecException($"sparse_categorical_crossentropy expects outputs (batch, …, classes). Received: {output}.");
        if (output[-1] == 1)
            throw new SpecException("sparse_categorical_crossentropy expects one output per class; with a single output use binary_crossentropy. Received: 1 output.");
        var positions = new Shape(output.Take(output.Rank - 1));
        var withOne = new Shape([.. positions, 1]);
        if (!labels.IsCompatibleWith(positions) && !labels.IsCompatibleWith(withOne))
            throw new SpecException($"sparse_categorical_crossentropy expects integer labels of shape {positions} for outputs {output}. Received: labels {labels}.");
    }
}

/// <summary>Cross-entropy of one-hot (or soft) labels and class probabilities.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / classes</c>. Default: 0.</param>
/// <param name="Reduction">Default: sum_over_batch_size.</param>
/// <param name="Axis">Only -1.</param>
[Ignores("name", "dtype", "fn")]
public sealed record CategoricalCrossentropy(
    bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, Reduction Reduction = Reduction.SumOverBatchSize,
    [DefaultOnly] int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        if (output.Rank < 2 || output[-1] == 1)
            throw new SpecException($"categorical_crossentropy expects one output per class. Received: {output}.");
        if (!labels.IsCompatibleWith(output))
            throw new SpecException($"categorical_crossentropy expects one-hot labels of shape {output}; for integer labels use sparse_categorical_crossentropy. Received: labels {labels}.");
    }
}

/// <summary>Cross-entropy of yes-or-no labels and probabilities, meaned over the last axis.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1: labels become <c>y(1 - s) + s / 2</c>. Default: 0.</param>
/// <param name="Reduction">Default: sum_over_batch_size.</param>
/// <param name="Axis">Only -1.</param>
[Ignores("name", "dtype", "fn")]
public sealed record BinaryCrossentropy(
    bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, Reduction Reduction = Reduction.SumOverBatchSize,
    [DefaultOnly] int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean((y_true - y_pred)²)</c>.</summary>
/// <param name="Reduction">Default: sum_over_batch_size.</param>
[Ignores("name", "dtype", "fn")]
public sealed record MeanSquaredError(Reduction Reduction = Reduction.SumOverBatchSize) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean(|y_true - y_pred|)</c>.</summary>
/// <param name="Reduction">Default: sum_over_batch_size.</param>
[Ignores("name", "dtype", "fn")]
public sealed record MeanAbsoluteError(Reduction Reduction = Reduction.SumOverBatchSize) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}
