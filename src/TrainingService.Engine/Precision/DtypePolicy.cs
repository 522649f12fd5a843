using TorchSharp;

namespace TrainingService.Engine.Precision;

/// <summary>Keras's dtype policy: in what a layer keeps its weights, and in what it computes.</summary>
/// <param name="Variable">Dtype of the weights. Half precision is kept as float32 whose values are rounded to it.</param>
/// <param name="Compute">Dtype of inputs, weights and outputs during a call; null casts nothing.</param>
public readonly record struct DtypePolicy(torch.ScalarType Variable, torch.ScalarType? Compute)
{
    /// <summary>The policy of a name; policies of whole numbers and texts cast nothing.</summary>
    /// <param name="name">Keras's name.</param>
    /// <param name="floats">What stands for float32. Default: float32.</param>
    public static DtypePolicy Of(string name, torch.ScalarType floats = torch.ScalarType.Float32) => name switch
    {
        "float32" => new(floats, floats),
        "mixed_bfloat16" => new(torch.float32, torch.bfloat16),
        "mixed_float16" => new(torch.float32, torch.float16),
        "bfloat16" => new(torch.bfloat16, torch.bfloat16),
        "float16" => new(torch.float16, torch.float16),
        "float64" => new(torch.float64, torch.float64),
        _ => new(floats, null),
    };
}
