using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Stops when the watched figure has not improved for a number of epochs; never at the first epoch.</summary>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="MinDelta">Smallest change that counts as better; the sign does not matter. Default: 0.</param>
/// <param name="Patience">Epochs without improvement before stopping; 0 acts like 1. Default: 0.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="Baseline">Value to be better than. Default: none.</param>
/// <param name="RestoreBestWeights">End with the best epoch's weights, also when training was not stopped. Default: false.</param>
/// <param name="StartFromEpoch">Epochs to wait before watching. Default: 0.</param>
[Ignores("verbose")]
public sealed record EarlyStopping(
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    [Range(-1e30, 1e30)] double MinDelta = 0.0,
    [Range(0, 1_000_000)] int Patience = 0,
    MonitorMode Mode = MonitorMode.Auto,
    double? Baseline = null,
    bool RestoreBestWeights = false,
    [Range(0, 1_000_000)] int StartFromEpoch = 0) : MonitorCallbackSpec(Monitor, Mode);
