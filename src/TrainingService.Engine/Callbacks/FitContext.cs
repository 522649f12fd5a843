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

    /// <summary>Metrics' names in the logs, and which way each gets better.</summary>
    public required IReadOnlyDictionary<string, Direction> Metrics { get; init; }

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
    /// <summary>Writes the model's weights under this name.</summary>
    void SaveWeights(Model model, string name);

    /// <summary>Writes a text file under this name, replacing what was there.</summary>
    void SaveText(string name, string text);
}
