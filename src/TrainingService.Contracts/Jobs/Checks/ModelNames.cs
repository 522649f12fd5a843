using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>The names by which a model's inputs and outputs are given rows, in the model's order.</summary>
/// <param name="Inputs">Null where the one input has no name.</param>
/// <param name="Outputs">Null where the one output has no name.</param>
internal sealed record ModelNames(IReadOnlyList<string>? Inputs, IReadOnlyList<string>? Outputs)
{
    public static ModelNames Of(ModelSpec? model) => model is Functional graph ? new ModelNames(Names(graph.InputLayers), Names(graph.OutputLayers)) : new ModelNames(null, null);

    private static IReadOnlyList<string>? Names(CallValue? tensors) =>
        tensors is null ? null : tensors.Paths() ?? [.. tensors.Leaves().OfType<TensorRef>().Select(tensor => tensor.Layer)];
}
