using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>A callback of Keras that has nothing to do in the trainer, because the service does it.</summary>
public abstract record CallbackWithoutEffect : CallbackSpec;

/// <summary>Goes on after an interruption. Built in: the service itself starts an interrupted run again, whatever the job says.</summary>
/// <param name="BackupDir">Not looked at: the service chooses where it keeps state.</param>
/// <param name="SaveFreq">Not looked at. Default: epoch.</param>
/// <param name="DoubleCheckpoint">Not looked at. Default: false.</param>
/// <param name="DeleteCheckpoint">Not looked at. Default: true.</param>
public sealed record BackupAndRestore(
    [StringLength(1_000, MinimumLength = 1)] string BackupDir,
    Frequency SaveFreq = default,
    bool DoubleCheckpoint = false,
    bool DeleteCheckpoint = true) : CallbackWithoutEffect;

/// <summary>Remembers every epoch's figures. Built in: they are the job's events and its <c>history.csv</c>.</summary>
public sealed record History : CallbackWithoutEffect;

/// <summary>Prints progress. Built in: progress is part of the job's events.</summary>
[Ignores("count_mode", "stateful_metrics")]
public sealed record ProgbarLogger : CallbackWithoutEffect;
