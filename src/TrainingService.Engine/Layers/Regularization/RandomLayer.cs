using TorchSharp;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A layer that draws while training, from a generator of its own.</summary>
public abstract class RandomLayer : ElementwiseLayer
{
    /// <summary>Builds the layer.</summary>
    /// <param name="spec">The layer's data.</param>
    /// <param name="seed">A seed of its own; null draws from the job's seed.</param>
    /// <param name="context">Name, random streams, device.</param>
    protected RandomLayer(LayerSpec spec, long? seed, LayerContext context) : base(spec, context) =>
        Generator = CreateGenerator(seed, "dropout", context.Device);

    /// <summary>Where the draws come from.</summary>
    public torch.Generator Generator { get; }

    /// <summary>Whether the layer changes anything while training.</summary>
    protected abstract bool IsActive { get; }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => call.Training && IsActive ? Disturb(x) : x;

    /// <summary>The output of a training step.</summary>
    protected abstract torch.Tensor Disturb(torch.Tensor x);

    /// <summary>Zeros and ones, one with the given probability.</summary>
    /// <param name="x">Gives dtype, device, and the memory's order where the shape is its own.</param>
    /// <param name="shape">What is drawn; null is the shape of x.</param>
    /// <param name="keep">Probability of a one.</param>
    protected torch.Tensor Keep(torch.Tensor x, IReadOnlyList<long>? shape, double keep) =>
        (shape is null ? x.empty_like(requires_grad: false) : torch.empty([.. shape], x.dtype, x.device)).bernoulli_(keep, Generator);

    /// <summary>A noise shape with the input's sizes filled in.</summary>
    protected static IReadOnlyList<long>? Fill(Contracts.Shapes.Shape? noise, torch.Tensor x) =>
        noise is null ? null : [.. noise.Select((size, axis) => size ?? x.size(axis))];
}
