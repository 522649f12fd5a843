using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Schedules;

/// <summary>A learning rate that follows from the number of optimizer steps made, not of epochs. Computed in float32, as Keras does.</summary>
[Ignores("name")]
public abstract record LearningRateScheduleSpec : KerasSpec;

/// <summary><c>initial · decay_rate ^ (step / decay_steps)</c>.</summary>
/// <param name="InitialLearningRate">0 or more.</param>
/// <param name="DecaySteps">Steps after which the rate has been multiplied once; above 0.</param>
/// <param name="DecayRate">Factor, 0 or more.</param>
/// <param name="Staircase">Whether the exponent is rounded down. Default: false.</param>
public sealed record ExponentialDecay(
    [Range(0.0, 1e6)] double InitialLearningRate, [Range(double.Epsilon, 1e15)] double DecaySteps, [Range(0.0, 1e6)] double DecayRate,
    bool Staircase = false) : LearningRateScheduleSpec;

/// <summary><c>initial / (1 + decay_rate · step / decay_steps)</c>.</summary>
/// <param name="InitialLearningRate">0 or more.</param>
/// <param name="DecaySteps">Above 0.</param>
/// <param name="DecayRate">0 or more.</param>
/// <param name="Staircase">Whether <c>step / decay_steps</c> is rounded down. Default: false.</param>
public sealed record InverseTimeDecay(
    [Range(0.0, 1e6)] double InitialLearningRate, [Range(double.Epsilon, 1e15)] double DecaySteps, [Range(0.0, 1e6)] double DecayRate,
    bool Staircase = false) : LearningRateScheduleSpec;

/// <summary><c>(initial - end) · (1 - step / decay_steps) ^ power + end</c>, then the end; with <c>cycle</c> it begins again with longer periods.</summary>
/// <param name="InitialLearningRate">0 or more.</param>
/// <param name="DecaySteps">Above 0.</param>
/// <param name="EndLearningRate">0 or more. Default: 0.0001.</param>
/// <param name="Power">0 or more. Default: 1, a straight line.</param>
/// <param name="Cycle">Whether <c>decay_steps</c> grows to its next multiple when it is passed. Default: false.</param>
public sealed record PolynomialDecay(
    [Range(0.0, 1e6)] double InitialLearningRate, [Range(double.Epsilon, 1e15)] double DecaySteps, [Range(0.0, 1e6)] double EndLearningRate = 0.0001,
    [Range(0.0, 1e6)] double Power = 1.0, bool Cycle = false) : LearningRateScheduleSpec;

/// <summary>One value up to each boundary, itself included, and the last value after the last.</summary>
/// <param name="Boundaries">Steps, not decreasing; at least one.</param>
/// <param name="Values">Rates, one more than boundaries; 0 or more.</param>
public sealed record PiecewiseConstantDecay(
    [MaxLength(10_000)] IReadOnlyList<double> Boundaries, [MaxLength(10_001)] IReadOnlyList<double> Values) : LearningRateScheduleSpec
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Boundaries.Count == 0)
            throw new SpecException("expected at least one boundary. Received: none.", "boundaries");
        if (Values.Count != Boundaries.Count + 1)
            throw new SpecException($"expected one value more than there are boundaries, {Boundaries.Count + 1}. Received: {Values.Count}.", "values");
        if (Boundaries.Zip(Boundaries.Skip(1)).Any(pair => pair.Second < pair.First))
            throw new SpecException($"expected boundaries that do not decrease. Received: [{string.Join(", ", Boundaries)}].", "boundaries");
        if (Values.Any(value => value is < 0 or > 1e6))
            throw new SpecException($"expected learning rates of 0 to 1000000. Received: [{string.Join(", ", Values)}].", "values");
    }

    /// <inheritdoc />
    public bool Equals(PiecewiseConstantDecay? other) =>
        base.Equals(other) && Boundaries.SequenceEqual(other.Boundaries) && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override int GetHashCode() => Boundaries.Concat(Values).Aggregate(base.GetHashCode(), HashCode.Combine);
}

/// <summary>
/// Half a cosine from the initial rate to <c>alpha</c> times it (Loshchilov and Hutter, 2016); with a warm-up, a line to
/// <c>warmup_target</c> first, and the cosine from there.
/// </summary>
/// <param name="InitialLearningRate">0 or more.</param>
/// <param name="DecaySteps">Steps of the cosine, without the warm-up's; above 0.</param>
/// <param name="Alpha">Last rate as a part of the highest, 0 or more. Default: 0.</param>
/// <param name="WarmupTarget">Rate after the warm-up. Default: none, and no warm-up.</param>
/// <param name="WarmupSteps">Steps of the warm-up. Default: 0.</param>
public sealed record CosineDecay(
    [Range(0.0, 1e6)] double InitialLearningRate, [Range(double.Epsilon, 1e15)] double DecaySteps, [Range(0.0, 1e6)] double Alpha = 0.0,
    [Range(0.0, 1e6)] double? WarmupTarget = null, [Range(0.0, 1e15)] double WarmupSteps = 0.0) : LearningRateScheduleSpec;

/// <summary>Half a cosine again and again, each <c>t_mul</c> times as long and <c>m_mul</c> times as high as the one before.</summary>
/// <param name="InitialLearningRate">0 or more.</param>
/// <param name="FirstDecaySteps">Steps of the first period; above 0.</param>
/// <param name="TMul">Growth of the periods; above 0. Default: 2.</param>
/// <param name="MMul">Growth of the highest rate; 0 or more. Default: 1.</param>
/// <param name="Alpha">Lowest rate as a part of the initial one, 0 or more. Default: 0.</param>
public sealed record CosineDecayRestarts(
    [Range(0.0, 1e6)] double InitialLearningRate, [Range(double.Epsilon, 1e15)] double FirstDecaySteps, [Range(double.Epsilon, 1e6)] double TMul = 2.0,
    [Range(0.0, 1e6)] double MMul = 1.0, [Range(0.0, 1e6)] double Alpha = 0.0) : LearningRateScheduleSpec;

/// <summary>
/// A line from a first rate up to another rate or to a schedule's first value, which then begins: <c>first + (target - first) · step / warmup_steps</c>.
/// This service's own; Keras has a warm-up in CosineDecay only.
/// </summary>
/// <param name="LearningRate">Rate or schedule after the warm-up; the schedule's steps are counted from there.</param>
/// <param name="WarmupSteps">Above 0.</param>
/// <param name="InitialLearningRate">First rate, 0 or more. Default: 0.</param>
public sealed record LinearWarmup(
    [Range(0.0, 1e6)] LearningRate LearningRate, [Range(double.Epsilon, 1e15)] double WarmupSteps, [Range(0.0, 1e6)] double InitialLearningRate = 0.0)
    : LearningRateScheduleSpec;

/// <summary>
/// Half a cosine up to the highest rate and half a cosine down to almost nothing (Smith and Topin, 2017). This service's own; the defaults are
/// those of PyTorch's OneCycleLR.
/// </summary>
/// <param name="MaxLearningRate">Highest rate; above 0.</param>
/// <param name="TotalSteps">Steps of the whole cycle; above 0. The last rate stays afterwards.</param>
/// <param name="WarmupFraction">Part of the steps that goes up, 0 to 1. Default: 0.3.</param>
/// <param name="DivFactor">First rate = highest / this; at least 1. Default: 25.</param>
/// <param name="FinalDivFactor">Last rate = first / this; at least 1. Default: 10000.</param>
public sealed record OneCycle(
    [Range(double.Epsilon, 1e6)] double MaxLearningRate, [Range(double.Epsilon, 1e15)] double TotalSteps, [Range(0.0, 1.0)] double WarmupFraction = 0.3,
    [Range(1.0, 1e15)] double DivFactor = 25.0, [Range(1.0, 1e15)] double FinalDivFactor = 1e4) : LearningRateScheduleSpec;
