using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>Numpy's ways of writing the width of a border.</summary>
public static class OperationPadding
{
    /// <summary>A number for all axes, a pair for all, or a pair per axis.</summary>
    public static IReadOnlyList<(long Before, long After)> Widths(CallValue? value, int rank)
    {
        if (value is CallList { Items: [CallList, ..] } pairs)
        {
            var widths = pairs.Items.Select(pair => CallValues.Ints(pair, "pad_width")).ToList();
            return widths.Count == rank && widths.TrueForAll(pair => pair is { Count: 2 })
                ? [.. widths.Select(pair => (pair![0], pair[1]))]
                : throw new SpecException($"expected a pair for each of the {rank} axes.", "pad_width");
        }
        var all = CallValues.Ints(value, "pad_width") ?? throw new SpecException("expected pad_width. Received: none.", "pad_width");
        return all.Count is 1 or 2 ? [.. Enumerable.Repeat((all[0], all[^1]), rank)] : throw new SpecException("expected a number or pairs.", "pad_width");
    }
}
