using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;

namespace TrainingService.Engine.Layers;

/// <summary>
/// A layer that computes. Its weights are those that its spec lists for the input's shape, in Keras's order and layout. Tensors go in
/// and out in Keras's axis order (channels last); permuted views in between cost nothing.
/// </summary>
public abstract class Layer : IDisposable
{
    private readonly Dictionary<string, Weight> _weights;

    /// <summary>Makes the weights.</summary>
    /// <param name="spec">The layer's data.</param>
    /// <param name="context">Name, input shape, random streams, device.</param>
    /// <param name="memoryOrder">Order in memory of a weight's axes, by the weight's name; null keeps Keras's.</param>
    protected Layer(LayerSpec spec, LayerContext context, Func<string, int[]?>? memoryOrder = null)
    {
        Spec = spec;
        Name = context.Name;
        InputShape = context.InputShape;
        OutputShape = spec.OutputShape(context.InputShape);
        Trainable = context.Trainable;
        Weights = [.. spec.Weights(context.InputShape).Select(weight => context.CreateWeight(weight, memoryOrder?.Invoke(weight.Name)))];
        _weights = Weights.ToDictionary(weight => weight.Name);
    }

    /// <summary>The layer's data.</summary>
    public LayerSpec Spec { get; }

    /// <summary>Name within the model.</summary>
    public string Name { get; }

    /// <summary>Shape of what goes in, with the batch axis.</summary>
    public Shape InputShape { get; }

    /// <summary>Shape of what comes out, with the batch axis.</summary>
    public Shape OutputShape { get; }

    /// <summary>Whether its weights are trained.</summary>
    public bool Trainable { get; }

    /// <summary>In Keras's order.</summary>
    public IReadOnlyList<Weight> Weights { get; }

    /// <summary>Computes the output.</summary>
    /// <param name="x">A batch.</param>
    /// <param name="training">Whether this is a training step.</param>
    public abstract torch.Tensor Call(torch.Tensor x, bool training);

    /// <summary>A weight's values.</summary>
    /// <exception cref="KeyNotFoundException">The layer has no such weight.</exception>
    protected torch.Tensor Value(string weight) => _weights[weight].Value;

    /// <summary>A weight's values, or null when the layer has no such weight.</summary>
    protected torch.Tensor? ValueOrNull(string weight) => _weights.TryGetValue(weight, out var found) ? found.Value : null;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the layer holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var weight in Weights)
            weight.Dispose();
    }
}
