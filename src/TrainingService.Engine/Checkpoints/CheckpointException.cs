namespace TrainingService.Engine.Checkpoints;

/// <summary>A checkpoint cannot be used: it is damaged, of an unknown format, or of another run.</summary>
/// <param name="message">What was expected, and what came.</param>
public sealed class CheckpointException(string message) : Exception(message);
