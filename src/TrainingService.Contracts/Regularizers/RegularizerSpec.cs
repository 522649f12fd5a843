using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Regularizers;

/// <summary>A penalty on a weight or on a layer's output, added to the loss.</summary>
public abstract record RegularizerSpec : KerasSpec
{
    /// <summary>Whether a tensor of this shape can be penalized.</summary>
    /// <exception cref="SpecException">It cannot.</exception>
    public virtual void CheckShape(Shape shape)
    {
    }
}

/// <summary>Sum of absolute values: <c>l1 · Σ|x|</c>.</summary>
/// <param name="Factor">0 or more. Default: 0.01.</param>
public sealed record L1([WireName("l1")][AlsoNamed("l")][Range(0.0, 1e30)] double Factor = 0.01) : RegularizerSpec;

/// <summary>Sum of squares: <c>l2 · Σx²</c>.</summary>
/// <param name="Factor">0 or more. Default: 0.01.</param>
public sealed record L2([WireName("l2")][AlsoNamed("l")][Range(0.0, 1e30)] double Factor = 0.01) : RegularizerSpec;

/// <summary>Both sums: <c>l1 · Σ|x| + l2 · Σx²</c>. The bare name <c>l1_l2</c> takes 0.01 for each, as Keras says of it.</summary>
/// <param name="L1">Factor of the absolute values, 0 or more. Default: 0.</param>
/// <param name="L2">Factor of the squares, 0 or more. Default: 0.</param>
public sealed record L1L2([Range(0.0, 1e30)] double L1 = 0.0, [Range(0.0, 1e30)] double L2 = 0.0) : RegularizerSpec;

/// <summary>Which vectors of a matrix are to be orthogonal.</summary>
public enum OrthogonalMode
{
    /// <summary>The rows.</summary>
    Rows,

    /// <summary>The columns.</summary>
    Columns,
}

/// <summary>
/// Mean absolute cosine between different rows (or columns) of a matrix: <c>factor · ½ · Σ|n·nᵀ|, i≠j, / pairs</c> with <c>n</c> the vectors
/// at norm 1.
/// </summary>
/// <param name="Factor">0 or more. Default: 0.01.</param>
/// <param name="Mode">Rows or columns. Default: rows.</param>
/// <remarks>Only for tensors of two axes.</remarks>
public sealed record OrthogonalRegularizer([Range(0.0, 1e30)] double Factor = 0.01, OrthogonalMode Mode = OrthogonalMode.Rows) : RegularizerSpec
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape)
    {
        if (shape.Rank != 2)
            throw new SpecException($"OrthogonalRegularizer expects a matrix. Received: a tensor of shape {shape}.");
        if (shape[Mode == OrthogonalMode.Rows ? 0 : 1] == 1)
            throw new SpecException($"OrthogonalRegularizer expects at least two {(Mode == OrthogonalMode.Rows ? "rows" : "columns")}. Received: a tensor of shape {shape}.");
    }
}
