using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Layers;

/// <summary>Passes on what comes in and adds a penalty on it to the loss.</summary>
/// <param name="L1">Factor of the absolute values, 0 or more. Default: 0.</param>
/// <param name="L2">Factor of the squares, 0 or more. Default: 0.</param>
public sealed record ActivityRegularization([Range(0.0, 1e30)] double L1 = 0.0, [Range(0.0, 1e30)] double L2 = 0.0) : ElementwiseLayer
{
    /// <inheritdoc />
    public override RegularizerSpec? ActivityRegularizer => new L1L2(L1, L2);
}
