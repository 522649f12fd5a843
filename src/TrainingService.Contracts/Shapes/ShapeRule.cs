using TrainingService.Contracts.Constraints;

namespace TrainingService.Contracts.Shapes;

/// <summary>Rules about two shapes that losses and metrics share.</summary>
internal static class ShapeRule
{
    /// <summary>Whether the shapes agree; a last axis of 1 may be left out on one side.</summary>
    public static bool SameShape(Shape labels, Shape output) =>
        labels.IsCompatibleWith(output) || SqueezedMatches(labels, output) || SqueezedMatches(output, labels);

    /// <summary>The shapes after Keras's leniency: where the ranks differ by one and the longer ends in 1, it is squeezed, or a shorter one of one axis expanded.</summary>
    public static (Shape Labels, Shape Output) MatchRanks(Shape labels, Shape output)
    {
        if (labels.Rank == output.Rank + 1 && labels[-1] == 1)
            return output.Rank == 1 ? (labels, new Shape([.. output, 1])) : (new Shape(labels.Take(output.Rank)), output);
        if (output.Rank == labels.Rank + 1 && output[-1] == 1)
            return labels.Rank == 1 ? (new Shape([.. labels, 1]), output) : (labels, new Shape(output.Take(labels.Rank)));
        return (labels, output);
    }

    /// <summary>Whether the labels are class numbers for outputs that hold one value per class along the axis.</summary>
    public static bool ClassNumbers(Shape labels, Shape output, int axis = -1)
    {
        var at = axis < 0 ? axis + output.Rank : axis;
        var positions = new Shape(output.Where((_, index) => index != at));
        return labels.IsCompatibleWith(positions) || labels.IsCompatibleWith(output.With(at, 1));
    }

    /// <summary>Refuses an axis that the output has not.</summary>
    /// <exception cref="SpecException">It names the field <c>axis</c>.</exception>
    public static void RequireAxis(int axis, Shape output)
    {
        if (axis < -output.Rank || axis >= output.Rank)
            throw new SpecException($"expected an axis of outputs {output}. Received: {axis}.", "axis");
    }

    /// <summary>Refuses axes that the output has not, or that are named twice; null names all of them.</summary>
    /// <exception cref="SpecException">It names the field <c>axis</c>.</exception>
    public static void RequireAxes(NormAxes? axes, Shape output)
    {
        if (axes is not { } named)
            return;
        foreach (var axis in named)
            RequireAxis(axis, output);
        if (named.Select(axis => axis < 0 ? axis + output.Rank : axis).Distinct().Count() < named.Count)
            throw new SpecException($"expected each axis once. Received: {named}.", "axis");
    }

    private static bool SqueezedMatches(Shape longer, Shape shorter) =>
        longer.Rank == shorter.Rank + 1 && longer[-1] == 1 && new Shape(longer.Take(shorter.Rank)).IsCompatibleWith(shorter);
}
