using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Callbacks;

/// <summary>
/// Something that happens around epochs and batches: empty hooks to override. Epochs and batches count from 0 here, as in Keras. A
/// callback knows no socket and no table; what it needs after a resume it gives and takes as state.
/// </summary>
public abstract class Callback : IStateful, IDisposable
{
    /// <summary>What the callback may see and do; set before the first hook.</summary>
    protected FitContext Fit { get; private set; } = null!;

    /// <summary>Ties the callback to a fit.</summary>
    public void Attach(FitContext fit) => Fit = fit;

    /// <summary>Before the first epoch.</summary>
    public virtual void OnTrainBegin()
    {
    }

    /// <summary>After the last epoch.</summary>
    /// <param name="logs">The last epoch's figures.</param>
    public virtual void OnTrainEnd(Logs logs)
    {
    }

    /// <summary>Before an epoch.</summary>
    public virtual void OnEpochBegin(int epoch)
    {
    }

    /// <summary>After an epoch and its validation; figures may be added.</summary>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>Before a training step.</summary>
    public virtual void OnTrainBatchBegin(long batch)
    {
    }

    /// <summary>After a training step.</summary>
    /// <param name="batch">Which.</param>
    /// <param name="means">Figures since the epoch began; reading one waits for the device.</param>
    public virtual void OnTrainBatchEnd(long batch, RunningMeans means)
    {
    }

    /// <summary>Before a validation.</summary>
    public virtual void OnTestBegin()
    {
    }

    /// <summary>After a validation.</summary>
    public virtual void OnTestEnd(Logs logs)
    {
    }

    /// <summary>Before a validation step.</summary>
    public virtual void OnTestBatchBegin(long batch)
    {
    }

    /// <summary>After a validation step.</summary>
    public virtual void OnTestBatchEnd(long batch, RunningMeans means)
    {
    }

    /// <summary>Before a prediction.</summary>
    public virtual void OnPredictBegin()
    {
    }

    /// <summary>After a prediction.</summary>
    public virtual void OnPredictEnd()
    {
    }

    /// <summary>Before a batch of a prediction.</summary>
    public virtual void OnPredictBatchBegin(long batch)
    {
    }

    /// <summary>After a batch of a prediction.</summary>
    public virtual void OnPredictBatchEnd(long batch)
    {
    }

    /// <summary>What a resumed run must know; between two hooks. The caller disposes of it.</summary>
    public virtual CallbackState GetState() => new([]);

    /// <summary>Takes up where <see cref="GetState"/> was called; after <see cref="OnTrainBegin"/>. Tensors are copied.</summary>
    public virtual void SetState(CallbackState state)
    {
    }

    /// <summary>What <see cref="GetState"/> gives, and whose it is.</summary>
    public void WriteState(StateWriter state)
    {
        using var own = GetState();
        state.AddValue("class", GetType().Name);
        state.AddValue("values", own.Values);
        foreach (var (name, tensor) in own.Tensors)
            state.Add($"tensor/{name}", tensor);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        if (state.Value<string>("class") is var other && other != GetType().Name)
            throw new CheckpointException($"expected the state of a callback {GetType().Name}. Received: that of {other}.");
        var tensors = state.At("tensor");
        SetState(new CallbackState(state.Value("values")!.AsObject(), tensors.TensorNames.ToDictionary(name => name, name => tensors.Tensor(name))));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the callback holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
