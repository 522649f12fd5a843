using TrainingService.Engine.Models;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Moves the weights along their gradients, as Keras does: clip, decay, step.</summary>
public abstract class Optimizer : IDisposable
{
    private readonly GradientClipping _clipping;
    private readonly double _weightDecay;

    /// <summary>An optimizer for the weights of a buffer.</summary>
    /// <param name="parameters">Weights and gradients.</param>
    /// <param name="learningRate">First learning rate.</param>
    /// <param name="weightDecay">Decoupled decay; null for none.</param>
    /// <param name="clipping">Which limits gradients have.</param>
    protected Optimizer(ParameterBuffer parameters, double learningRate, double? weightDecay, GradientClipping clipping)
    {
        Parameters = parameters;
        LearningRate = learningRate;
        _weightDecay = weightDecay ?? 0;
        _clipping = clipping;
    }

    /// <summary>Weights and gradients.</summary>
    protected ParameterBuffer Parameters { get; }

    /// <summary>Step size; a float32, as the variable that holds it in Keras. Callbacks may change it between batches.</summary>
    public double LearningRate
    {
        get;
        set => field = (float)value;
    }

    /// <summary>Steps made.</summary>
    public long Iterations { get; private set; }

    /// <summary>One step along the gradients in the buffer.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Iterations++;
        _clipping.Apply(Parameters);
        if (_weightDecay != 0)
            Parameters.Values.mul_(1 - _weightDecay * LearningRate);
        Update(Parameters.Values, Parameters.Gradients);
    }

    /// <summary>Moves all weights.</summary>
    /// <param name="values">Weights, one after the other; changed in place.</param>
    /// <param name="gradients">Gradients in the same order.</param>
    protected abstract void Update(Tensor values, Tensor gradients);

    /// <summary>What the optimizer remembers between steps, by name; part of a checkpoint.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Slots { get; }

    /// <summary>Takes up where another optimizer of the same kind stood.</summary>
    /// <param name="iterations">Its steps.</param>
    /// <param name="slots">Its <see cref="Slots"/>.</param>
    public void Restore(long iterations, IReadOnlyDictionary<string, Tensor> slots)
    {
        using var noGrad = no_grad();
        foreach (var (name, slot) in Slots)
            slot.copy_(slots[name]);
        Iterations = iterations;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the slots.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var slot in Slots.Values)
            slot.Dispose();
    }
}
