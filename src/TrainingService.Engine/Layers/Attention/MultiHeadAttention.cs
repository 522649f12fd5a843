using static TorchSharp.torch;
using Shape = TrainingService.Contracts.Shapes.Shape;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Attention of several heads, each with a projection of its own of query, key and value.</summary>
public sealed class MultiHeadAttention(Specs.MultiHeadAttention spec, LayerContext context) : HeadsAttention(spec, context)
{
    /// <inheritdoc />
    protected override long HeadSize => spec.KeyDim;

    /// <summary>Keras's MultiHeadAttention looks only at the mask that the query carries.</summary>
    protected override bool TakesQueryMaskArgument => false;

    /// <inheritdoc />
    protected override IReadOnlyList<int> Axes(Tensor query) => spec.AxesOf(new Shape(query.shape.Select(size => (long?)size)));
}

/// <summary>Attention in which several query heads share a head of key and value.</summary>
public sealed class GroupQueryAttention(Specs.GroupQueryAttention spec, LayerContext context) : HeadsAttention(spec, context)
{
    private static readonly int[] Time = [1];

    /// <inheritdoc />
    protected override long HeadSize => spec.HeadDim;

    /// <inheritdoc />
    protected override bool TakesQueryMaskArgument => true;

    /// <inheritdoc />
    protected override IReadOnlyList<int> Axes(Tensor query) => Time;

    /// <inheritdoc />
    protected override Tensor Share(Tensor heads) =>
        spec.NumQueryHeads == spec.NumKeyValueHeads ? heads : heads.repeat_interleave(spec.NumQueryHeads / spec.NumKeyValueHeads, 2);
}
