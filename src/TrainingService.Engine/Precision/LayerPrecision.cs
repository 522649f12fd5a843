using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Operations;
using TrainingService.Engine.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Precision;

/// <summary>What a layer's policy means for its calls.</summary>
/// <param name="Variable">Dtype of its weights.</param>
/// <param name="Inputs">What floating inputs are cast to, Keras's autocast; null leaves them.</param>
/// <param name="Weights">In what the weights take part.</param>
/// <param name="Outputs">What floating outputs are cast to; null leaves them.</param>
/// <param name="WholeNumbers">What whole numbers become as inputs; null leaves them.</param>
internal readonly record struct LayerPrecision(
    torch.ScalarType Variable, torch.ScalarType? Inputs, torch.ScalarType Weights, torch.ScalarType? Outputs, torch.ScalarType? WholeNumbers)
{
    /// <summary>Layers whose sums or fine differences half precision would spoil: they compute in float32 at least and round the result.</summary>
    private static readonly HashSet<Type> Delicate =
    [
        .. PreprocessingTable.Modules.Select(pair => pair.Key), .. AugmentationTable.Modules.Select(pair => pair.Key),
        typeof(Specs.BatchNormalization), typeof(Specs.LayerNormalization), typeof(Specs.GroupNormalization), typeof(Specs.RMSNormalization),
        typeof(Specs.UnitNormalization), typeof(Specs.SpectralNormalization),
    ];

    /// <summary>Of a layer's data.</summary>
    /// <param name="spec">The layer.</param>
    /// <param name="around">Policy of the layer around it, which a layer that says float32 follows; null without one.</param>
    /// <param name="floats">What stands for float32.</param>
    public static LayerPrecision Of(LayerSpec spec, string? around, torch.ScalarType floats)
    {
        var policy = DtypePolicy.Of(NameOf(spec, around), floats);
        var compute = policy.Compute ?? floats;
        // Operations and models take what comes, and numbers of rows are never rounded.
        if (spec is Operation or ModelSpec or Specs.EmbeddingLayer)
            return new(policy.Variable, null, compute, null, null);
        torch.ScalarType? wholeNumbers = IsOfReals(spec) ? compute : null;
        return Delicate.Contains(spec.GetType()) && IsHalf(compute)
            ? new(policy.Variable, torch.float32, torch.float32, compute, wholeNumbers is null ? null : torch.float32)
            : new(policy.Variable, policy.Compute, compute, null, wholeNumbers);
    }

    /// <summary>Layers that divide, weigh or bend their inputs: to these a whole number is a real one. Others keep whole numbers whole.</summary>
    private static bool IsOfReals(LayerSpec spec) => spec
        is Specs.KernelLayer or Specs.EinsumDense or Specs.TernaryDense or Specs.ConvolutionLayer
        or Specs.Pooling or Specs.GlobalPooling or Specs.AdaptivePooling or Specs.UpSampling2D
        or Specs.BatchNormalization or Specs.LayerNormalization or Specs.GroupNormalization or Specs.RMSNormalization or Specs.UnitNormalization
        or Specs.UnitsRecurrent or Specs.CellSpec or Specs.HeadsAttention or Specs.PlainAttention
        or Specs.ActivationLayer or Specs.LeakyReLU or Specs.PReLU or Specs.ELU or Specs.Softmax
        or Specs.STFTSpectrogram or Specs.MelSpectrogram;

    /// <summary>The policy that counts for a layer inside another one.</summary>
    public static string NameOf(LayerSpec spec, string? around) => spec.Dtype == "float32" && around is not null ? around : spec.Dtype;

    /// <summary>Whether a layer, or any inside of it, computes in float16.</summary>
    public static bool UsesFloat16(Layer layer) =>
        layer.Precision.Weights == torch.float16 || layer.Precision.Outputs == torch.float16 || layer.Sublayers.Any(UsesFloat16);

    /// <summary>Whether it is float16 or bfloat16.</summary>
    public static bool IsHalf(torch.ScalarType type) => type is torch.ScalarType.Float16 or torch.ScalarType.BFloat16;

    /// <summary>An input as the layer takes it.</summary>
    public torch.Tensor Enter(torch.Tensor input) =>
        WholeNumbers is { } real && torch.is_integral(input.dtype) && input.dtype != torch.ScalarType.Bool ? input.to(real) : Cast(input, Inputs);

    /// <summary>Whether inputs may have to be cast.</summary>
    public bool Casts => Inputs is not null || WholeNumbers is not null;

    /// <summary>A tensor in the dtype; whole numbers, truth values and null types leave it.</summary>
    public static torch.Tensor Cast(torch.Tensor tensor, torch.ScalarType? type)
    {
        if (type is not { } wanted)
            return tensor;
        var dtype = tensor.dtype;
        return dtype == wanted || dtype is not (torch.ScalarType.Float32 or torch.ScalarType.BFloat16 or torch.ScalarType.Float16 or torch.ScalarType.Float64) ? tensor : tensor.to(wanted);
    }
}
