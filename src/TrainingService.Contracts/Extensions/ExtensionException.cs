namespace TrainingService.Contracts.Extensions;

/// <summary>A layer of the operator's own cannot be added; the message says what to change.</summary>
/// <param name="message">What was expected, and what came.</param>
/// <param name="cause">What the runtime said.</param>
public sealed class ExtensionException(string message, Exception? cause = null) : Exception(message, cause);
