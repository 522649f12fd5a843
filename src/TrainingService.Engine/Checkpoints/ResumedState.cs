namespace TrainingService.Engine.Checkpoints;

/// <summary>What a fit goes on from.</summary>
/// <param name="Content">Read from a checkpoint; disposed of once the fit has taken it over.</param>
/// <param name="Number">The checkpoint's.</param>
/// <param name="Continues">Whether this is a second fit behind a first one that has ended: its callbacks begin anew. Otherwise it is the same fit.</param>
public sealed record ResumedState(CheckpointContent Content, long Number, bool Continues = false);
