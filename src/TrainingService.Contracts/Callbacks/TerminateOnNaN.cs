namespace TrainingService.Contracts.Callbacks;

/// <summary>Stops at the first batch whose loss is NaN or infinite.</summary>
/// <param name="RaiseError">End the job as failed instead of stopping it. Default: false.</param>
public sealed record TerminateOnNaN(bool RaiseError = false) : CallbackSpec;
