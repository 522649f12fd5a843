namespace TrainingService.Contracts.Callbacks;

/// <summary>Evaluates with the moving average of the weights that an optimizer with <c>use_ema</c> keeps; training goes on with the weights themselves.</summary>
/// <param name="SwapOnEpoch">Also hold the averages while the callbacks behind this one see the end of an epoch, so that a checkpoint saves them. Default: false.</param>
public sealed record SwapEMAWeights(bool SwapOnEpoch = false) : CallbackSpec;
