using TorchSharp;

namespace TrainingService.Engine.Layers;

/// <summary>A value between layers, and Keras's mask of it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Mask">Which steps count, such as (batch, time); null counts all.</param>
public readonly record struct KerasTensor(torch.Tensor Value, torch.Tensor? Mask = null);
