namespace TrainingService.Engine.Checkpoints;

/// <summary>
/// A part of a run that remembers something from batch to batch. What it writes is all that the next batch depends on: a run that reads it
/// in another process goes on with the same bytes.
/// </summary>
public interface IStateful
{
    /// <summary>Adds what it remembers; between two batches.</summary>
    void WriteState(StateWriter state);

    /// <summary>Takes up where <see cref="WriteState"/> was called.</summary>
    /// <exception cref="CheckpointException">The state is another one's.</exception>
    void ReadState(StateReader state);
}
