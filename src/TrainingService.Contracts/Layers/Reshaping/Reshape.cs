using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The same values under another shape.</summary>
/// <param name="TargetShape">Without the batch axis; one entry may be -1, which takes what is left.</param>
public sealed record Reshape([MaxLength(15)] IReadOnlyList<long> TargetShape) : LayerSpec
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (TargetShape.Count(size => size == -1) > 1 || TargetShape.Any(size => size is < -1 or 0 or > int.MaxValue))
            throw new SpecException($"expected positive sizes and at most one -1. Received: ({string.Join(", ", TargetShape)}).", "target_shape");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Int128 known = 1;
        foreach (var size in TargetShape.Where(size => size > 0))
            known = known > (Int128.One << 60) ? known : known * size;
        var elements = input.ElementsPerSample;
        var open = TargetShape.Contains(-1);
        if (elements is { } count && (open ? count % known != 0 : count != known))
            throw new SpecException($"expected a target of {count} elements, as {input} has. Received: ({string.Join(", ", TargetShape)}).", "target_shape");
        var rest = open && elements is { } all ? (long?)(all / known) : null;
        return new Shape([input[0], .. TargetShape.Select(size => size == -1 ? rest : size)]);
    }
}
