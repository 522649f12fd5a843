using TrainingService.Engine.Checkpoints;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Moves the weights of a buffer along their gradients.</summary>
public abstract class Optimizer : IStateful, IDisposable
{
    /// <summary>Step size of the next step; a float32, as the variable that holds it in Keras. Callbacks may set it between batches.</summary>
    /// <exception cref="InvalidOperationException">It is set, and follows a schedule.</exception>
    public abstract double LearningRate { get; set; }

    /// <summary>Steps made; batches whose gradients are only accumulated do not count.</summary>
    public abstract long Iterations { get; }

    /// <summary>One batch: a step along the gradients in the buffer, or their accumulation.</summary>
    /// <param name="withoutGradient">Indices of slices that have no gradient and stay as they are; their gradients in the buffer are zero.</param>
    public abstract void Step(IReadOnlyCollection<int>? withoutGradient = null);

    /// <summary>The loss as it must be when gradients are computed: times the factor that <see cref="Step"/> divides them by.</summary>
    public virtual Tensor ScaleLoss(Tensor loss) => LossScale is { } scale ? loss * scale : loss;

    /// <summary>The factor of the loss, or null for none.</summary>
    public abstract double? LossScale { get; }

    /// <summary>Whether averages of the weights are kept.</summary>
    public abstract bool HasAverage { get; }

    /// <summary>Puts the averages in the weights' place and the weights in the averages'.</summary>
    /// <exception cref="InvalidOperationException">No averages are kept.</exception>
    public abstract void SwapAverage();

    /// <summary>Makes the weights, as they are, the averages too.</summary>
    public abstract void AdoptWeightsAsAverage();

    /// <summary>What Keras does when training ends: the weights become their averages, where averages are kept.</summary>
    public abstract void FinalizeVariableValues();

    /// <summary>Copies of everything that the next step depends on, by name; part of a checkpoint. The caller disposes of them.</summary>
    /// <remarks>Tensors of the buffer's length lie as the weights do in the buffer; counters and rates are scalars.</remarks>
    public IReadOnlyDictionary<string, Tensor> GetState()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Dictionary<string, Tensor> state = [];
        WriteState(state, "");
        return state.ToDictionary(entry => entry.Key, entry => entry.Value.clone().DetachFromDisposeScope());
    }

    /// <summary>Takes up where another optimizer of the same spec stood.</summary>
    /// <param name="state">From <see cref="GetState"/>.</param>
    /// <exception cref="ArgumentException">A part is missing or of another shape.</exception>
    public void SetState(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ReadState(state, "");
    }

    /// <inheritdoc />
    public void WriteState(StateWriter state)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> parts = [];
        WriteState(parts, "");
        state.AddValue("class", GetType().Name);
        foreach (var (name, part) in parts)
            state.Add(name, part);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        if (state.Value<string>("class") is var other && other != GetType().Name)
            throw new CheckpointException($"expected the state of the optimizer {GetType().Name}. Received: that of {other}.");
        try
        {
            SetState(state.TensorNames.ToDictionary(name => name, name => state.Tensor(name)));
        }
        catch (ArgumentException exception)
        {
            throw new CheckpointException($"optimizer: {exception.Message}");
        }
    }

    /// <summary>Adds the parts of the state.</summary>
    /// <param name="state">Takes them.</param>
    /// <param name="prefix">Of their names.</param>
    protected internal abstract void WriteState(IDictionary<string, Tensor> state, string prefix);

    /// <summary>Reads the parts of the state.</summary>
    protected internal abstract void ReadState(IReadOnlyDictionary<string, Tensor> state, string prefix);

    /// <summary>A part of the state that must be there.</summary>
    private protected static Tensor Part(IReadOnlyDictionary<string, Tensor> state, string name) =>
        state.TryGetValue(name, out var part) ? part : throw new ArgumentException($"expected the optimizer's {name}. Received: {string.Join(", ", state.Keys)}.", nameof(state));

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the optimizer holds.</summary>
    protected abstract void Dispose(bool disposing);
}
