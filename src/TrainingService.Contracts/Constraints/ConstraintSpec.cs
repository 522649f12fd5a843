using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Constraints;

/// <summary>Where a weight may be; it is put back there after every optimizer step.</summary>
public abstract record ConstraintSpec : KerasSpec
{
    /// <summary>Whether a weight of this shape can be constrained so.</summary>
    /// <exception cref="SpecException">It cannot.</exception>
    public virtual void CheckShape(Shape shape)
    {
    }
}

/// <summary>Norms of at most a value: <c>w · clip(‖w‖, 0, max) / (ε + ‖w‖)</c>, ε = 1e-7.</summary>
/// <param name="MaxValue">Largest norm, 0 or more. Default: 2.</param>
/// <param name="Axis">Axes over which the norm is taken; <c>[0, 1, 2]</c> for the filters of a Conv2D. Default: 0.</param>
public sealed record MaxNorm([AlsoNamed("m")][Range(0.0, 1e30)] double MaxValue = 2.0, NormAxes Axis = default) : ConstraintSpec
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape) => Axis.Check(shape);
}

/// <summary>Norms between two values: <c>w · (rate · clip(‖w‖, min, max) + (1 - rate) · ‖w‖) / (ε + ‖w‖)</c>, ε = 1e-7.</summary>
/// <param name="MinValue">Smallest norm, 0 or more. Default: 0.</param>
/// <param name="MaxValue">Largest norm, at least the smallest. Default: 1.</param>
/// <param name="Rate">How much of the way is gone per step, 0 to 1. Default: 1.</param>
/// <param name="Axis">Axes over which the norm is taken. Default: 0.</param>
public sealed record MinMaxNorm(
    [Range(0.0, 1e30)] double MinValue = 0.0, [Range(0.0, 1e30)] double MaxValue = 1.0, [Range(0.0, 1.0)] double Rate = 1.0,
    NormAxes Axis = default) : ConstraintSpec
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (MinValue > MaxValue)
            throw new SpecException($"expected max_value to be at least min_value, {MinValue}. Received: {MaxValue}.", "max_value");
    }

    /// <inheritdoc />
    public override void CheckShape(Shape shape) => Axis.Check(shape);
}

/// <summary>No value below 0: <c>max(w, 0)</c>.</summary>
public sealed record NonNeg : ConstraintSpec;

/// <summary>Norms of 1: <c>w / (ε + ‖w‖)</c>, ε = 1e-7.</summary>
/// <param name="Axis">Axes over which the norm is taken. Default: 0.</param>
public sealed record UnitNorm(NormAxes Axis = default) : ConstraintSpec
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape) => Axis.Check(shape);
}
