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
        BatchShape.IsCompatibleWith(input)
            ? new Shape(BatchShape.Zip(input, (own, given) => own ?? given))
            : throw new SpecException($"the model expects inputs of shape {BatchShape}. Received: {input}.", "batch_shape");
}
