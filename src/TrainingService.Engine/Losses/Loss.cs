using TorchSharp;
using TrainingService.Contracts.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Losses;

/// <summary>A loss's values before they become one number.</summary>
/// <param name="PerSample">A value per sample, or per sample and position.</param>
/// <param name="Valid">Which of them count; null when all do.</param>
public readonly record struct LossValues(Tensor PerSample, Tensor? Valid = null)
{
    /// <summary>Values that all count.</summary>
    public static implicit operator LossValues(Tensor perSample) => new(perSample);
}

/// <summary>What training makes small: a value per sample (and position), and how these become one number.</summary>
/// <param name="reduction">How the values become one number.</param>
public abstract class Loss(Contracts.Losses.Reduction reduction)
{
    /// <summary>Smallest probability that a logarithm sees, as Keras has it; the largest is <c>1 - Epsilon</c>.</summary>
    public const double Epsilon = 1e-7;

    /// <summary>The loss of a batch.</summary>
    /// <param name="labels">What is right.</param>
    /// <param name="outputs">What the model says.</param>
    /// <param name="sampleWeight">Weight per sample or per value; null weighs all the same.</param>
    /// <param name="mask">Keras's mask of the outputs: which values count; null counts all.</param>
    /// <returns>A scalar; with the reduction none, the values.</returns>
    public Tensor Call(Tensor labels, Tensor outputs, Tensor? sampleWeight = null, Tensor? mask = null)
    {
        var (values, valid) = Values(labels, outputs);
        return LossReduction.Reduce(values, sampleWeight, Both(mask, valid), reduction);
    }

    /// <summary>A value per sample (and position), which Keras's function of the loss's name gives.</summary>
    /// <param name="labels">What is right.</param>
    /// <param name="outputs">What the model says.</param>
    public LossValues Values(Tensor labels, Tensor outputs)
    {
        outputs = Floats(outputs);
        if (LabelsAreFloats && labels.dtype != outputs.dtype)
            labels = labels.to(outputs.dtype);
        (labels, outputs) = Ranks.Match(labels, outputs);
        return Compute(labels, outputs);
    }

    /// <summary>Whether labels take part in the arithmetic; class numbers do not.</summary>
    protected virtual bool LabelsAreFloats => true;

    /// <summary>The values of labels and outputs that are float32 and of one rank where their ranks can be made one.</summary>
    protected abstract LossValues Compute(Tensor labels, Tensor outputs);

    /// <summary>Probabilities that logarithms can bear.</summary>
    protected static Tensor Clip(Tensor probabilities) => probabilities.clamp(Epsilon, 1 - Epsilon);

    /// <summary>Half and whole numbers become float32, whatever the layers compute in; double precision stays.</summary>
    internal static Tensor Floats(Tensor values) => values.dtype is ScalarType.Float32 or ScalarType.Float64 ? values : values.to(float32);

    private static Tensor? Both(Tensor? first, Tensor? second) =>
        first is null ? second : second is null ? first : first.to(@bool).logical_and(second);
}
