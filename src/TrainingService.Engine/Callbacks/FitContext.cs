using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;

namespace TrainingService.Engine.Callbacks;

/// <summary>What a callback may see and do: the model, the optimizer, files, and asking to stop.</summary>
public sealed class FitContext
{
    /// <summary>What is trained.</summary>
    public required Model Model { get; init; }

    /// <summary>What trains it.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Metrics' names in the logs, and which way each gets better; null when it does not say.</summary>
    public required IReadOnlyDictionary<string, Direction?> Metrics { get; init; }

    /// <summary>Keras's params["epochs"]: the index at which training ends. Default: 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Keras's params["steps"]: batches of an epoch. Default: 0, unknown.</summary>
    public long Steps { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where files go.</summary>
    public required ICheckpointFiles Files { get; init; }

    /// <summary>Why somebody asked to stop; null while nobody has.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>Asks the loop to stop; the first reason stands.</summary>
    public void RequestStop(StopReason reason) => StopReason ??= reason;
}

/// <summary>Files that callbacks leave.</summary>
public interface ICheckpointFiles
{
    /// <summary>Writes the model's weights under this name, replacing what was there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">File name.</param>
    /// <param name="weightsOnly">Leave the model's description out of the header.</param>
    /// <param name="once">Nothing will be written under this name again.</param>
    void SaveModel(Model model, string name, bool weightsOnly, bool once);

    /// <summary>Writes a text file under this name, replacing what was there.</summary>
    void SaveText(string name, string text);

    /// <summary>The text file of this name, or null when no callback has written it.</summary>
    string? FindText(string name);

    /// <summary>Begins an event file for TensorBoard that grows while it is open; the caller closes it.</summary>
    /// <param name="name">File name, with '/' after each folder.</param>
    /// <returns>An empty stream that can be written, read and positioned.</returns>
    Stream CreateEvents(string name);
}
