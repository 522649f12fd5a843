using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The model's entrance: says the shape of what comes in.</summary>
/// <param name="BatchShape">Shape with the batch axis, which is normally null: <c>[null, 28, 28, 1]</c>.</param>
/// <param name="Sparse">Sparse inputs; only false.</param>
/// <param name="Ragged">Ragged inputs; only false.</param>
/// <param name="Optional">Optional inputs; only false.</param>
[Ignores("input_tensor", "type_spec")]
public sealed record InputLayer(
    [AlsoNamed("batch_input_shape")][MinLength(1)] Shape BatchShape,
    [DefaultOnly] bool Sparse = false,
    [DefaultOnly] bool Ragged = false,
    [DefaultOnly] bool Optional = false) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        Adjust(input, BatchShape.Rank) is { } adjusted && BatchShape.IsCompatibleWith(adjusted)
            ? new Shape(BatchShape.Zip(adjusted, (own, given) => own ?? given))
            : throw new SpecException($"the model expects inputs of shape {BatchShape}. Received: {input}.", "batch_shape");

    /// <summary>Keras's leniency: a last axis of size 1 may be missing, or be one too many. Null when the ranks differ by more.</summary>
    /// <param name="input">Shape that comes in.</param>
    /// <param name="rank">Axes that the model expects.</param>
    public static Shape? Adjust(Shape input, int rank) => (rank - input.Rank) switch
    {
        0 => input,
        1 => new Shape([.. input, 1]),
        -1 when input[-1] == 1 => new Shape(input.Take(rank)),
        _ => null,
    };
}
