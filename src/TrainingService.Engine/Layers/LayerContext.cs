using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Initializers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Layers;

/// <summary>What a layer is built with.</summary>
/// <param name="Name">Name within the model.</param>
/// <param name="InputShape">With the batch axis.</param>
/// <param name="Trainable">Whether its weights are trained: the layer and the model around it say so.</param>
/// <param name="Random">The job's random streams.</param>
/// <param name="Device">Where its weights live.</param>
public sealed record LayerContext(string Name, Shape InputShape, bool Trainable, RandomStreams Random, torch.Device Device)
{
    /// <summary>Makes a weight with its first values.</summary>
    /// <param name="spec">Name, shape, initializer.</param>
    /// <param name="memoryOrder">Axes from the outermost in memory to the innermost; null is Keras's own order.</param>
    internal Weight CreateWeight(WeightSpec spec, int[]? memoryOrder)
    {
        var path = $"{Name}/{spec.Name}";
        var shape = spec.Shape.Select(size => size ?? throw new SpecException($"{path} has an unknown size: {spec.Shape}.")).ToArray();
        using var values = InitializerTable.Create(spec.Initializer, shape, Random.SeedOf("init", path));
        return new Weight(path, spec, Trainable && spec.Trainable, values.to(Device), memoryOrder);
    }
}
