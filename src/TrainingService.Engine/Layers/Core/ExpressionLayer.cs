using TorchSharp;
using TrainingService.Engine.Expressions;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A layer that its user writes down: an expression of its inputs and weights.</summary>
public sealed class ExpressionLayer(Specs.ExpressionLayer spec, LayerContext context) : Layer(spec, context)
{
    private readonly ExpressionRunner _runner = new(spec.Parse());
    private readonly string[] _weights = [.. spec.Variables?.Select(weight => weight.Name) ?? []];

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var like = inputs[0].Value.is_floating_point() ? inputs[0].Value : inputs[0].Value.to(torch.float32);
        var tensors = _weights.ToDictionary(name => name, name => Value(name).to(like.dtype));
        for (var index = 0; index < inputs.Count; index++)
            tensors[$"x{index}"] = inputs[index].Value.to(like.dtype);
        if (inputs.Count == 1)
            tensors["x"] = tensors["x0"];
        return [new KerasTensor(_runner.Run(tensors, like))];
    }
}
