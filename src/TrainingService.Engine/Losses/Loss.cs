using TorchSharp;
using TrainingService.Contracts.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Losses;

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
    /// <param name="mask">Which values count; null counts all.</param>
    /// <returns>A scalar.</returns>
    public Tensor Call(Tensor labels, Tensor outputs, Tensor? sampleWeight = null, Tensor? mask = null)
    {
        if (outputs.dtype != float32)
            outputs = outputs.to(float32);
        if (LabelsAreFloats && labels.dtype != float32)
            labels = labels.to(float32);
        (labels, outputs) = Ranks.Match(labels, outputs);
        var (values, valid) = Values(labels, outputs);
        return LossReduction.Reduce(values, sampleWeight, Both(mask, valid), reduction);
    }

    /// <summary>Whether labels take part in the arithmetic; class numbers do not.</summary>
    protected virtual bool LabelsAreFloats => true;

    /// <summary>A value per sample (and position) and, where some do not count, which ones do.</summary>
    protected abstract (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs);

    /// <summary>Probabilities that logarithms can bear.</summary>
    protected static Tensor Clip(Tensor probabilities) => probabilities.clamp(Epsilon, 1 - Epsilon);

    /// <summary>Logarithms of class probabilities, whose rows are first made to sum to one, as Keras does.</summary>
    /// <param name="outputs">(…, classes).</param>
    /// <param name="fromLogits">Whether they are logits.</param>
    protected static Tensor LogProbabilities(Tensor outputs, bool fromLogits) =>
        fromLogits ? outputs.log_softmax(-1) : Clip(outputs / outputs.sum(-1, keepdim: true)).log();

    private static Tensor? Both(Tensor? first, Tensor? second) =>
        first is null ? second : second is null ? first : first.to(@bool).logical_and(second);
}
