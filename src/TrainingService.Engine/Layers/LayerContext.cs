using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Initializers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Precision;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Layers;

/// <summary>What a layer is built with.</summary>
/// <param name="Name">Path of the layer: its name within the model, below the names of the layers around it.</param>
/// <param name="InputShapes">Shapes of the tensors of the first parameter, with the batch axis.</param>
/// <param name="Trainable">Whether its weights are trained: the layer and the model around it say so.</param>
/// <param name="Random">The job's random streams.</param>
/// <param name="Device">Where its weights live.</param>
public sealed record LayerContext(string Name, IReadOnlyList<Shape> InputShapes, bool Trainable, RandomStreams Random, torch.Device Device)
{
    /// <summary>A layer that is called with one tensor.</summary>
    public LayerContext(string name, Shape inputShape, bool trainable, RandomStreams random, torch.Device device)
        : this(name, [inputShape], trainable, random, device)
    {
    }

    /// <summary>Shape of the first input, with the batch axis.</summary>
    public Shape InputShape => InputShapes[0];

    /// <summary>The other arguments of the layer's first call. Default: none.</summary>
    public CallSpec Call { get; init; } = CallSpec.None;

    /// <summary>Dtype policy of the layer around, which layers follow that say float32; null without one.</summary>
    internal string? Policy { get; init; }

    /// <summary>What weights are and layers compute in. Default: float32.</summary>
    public torch.ScalarType Dtype { get; init; } = torch.float32;

    /// <summary>Finds the weights of an inner layer among those of the layer around it; null makes new ones.</summary>
    internal Func<string, Weight>? Adopt { get; init; }

    /// <summary>Path of something below this layer.</summary>
    public string PathOf(string name) => Name.Length == 0 ? name : $"{Name}/{name}";

    /// <summary>Makes a weight with its first values, or takes it from the layer around.</summary>
    /// <param name="spec">Name, shape, initializer.</param>
    /// <param name="memoryOrder">Axes from the outermost in memory to the innermost; null is Keras's own order.</param>
    /// <param name="precision">Dtypes of the layer.</param>
    internal Weight CreateWeight(WeightSpec spec, int[]? memoryOrder, LayerPrecision precision)
    {
        if (Adopt is not null)
        {
            var adopted = Adopt(spec.Name);
            adopted.Follow(precision.Variable, precision.Weights);
            adopted.LayOutAs(memoryOrder);
            return adopted;
        }
        var path = PathOf(spec.Name);
        var shape = spec.Shape.Select(size => size ?? throw new SpecException($"{path} has an unknown size: {spec.Shape}.")).ToArray();
        using var values = InitializerTable.Create(spec.Initializer, shape, Random.SeedOf("init", path));
        var weight = new Weight(path, spec, Trainable && spec.Trainable, values.to(Dtype, Device), memoryOrder);
        weight.Follow(precision.Variable, precision.Weights);
        return weight;
    }
}
