using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Whole numbers as one-hot rows, sets or counts.</summary>
public sealed class CategoryEncoding(Specs.CategoryEncoding spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        Categories.Encode(x.to(torch.int64), spec.OutputMode, spec.NumTokens, call.Tensor("count_weights"));
}
