using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Lowers the learning rate when the watched figure has not improved for a number of epochs; puts <c>learning_rate</c> into the logs.</summary>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="Factor">New rate = rate · factor; below 1. Default: 0.1.</param>
/// <param name="Patience">Epochs without improvement before lowering. Default: 10.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="MinDelta">Smallest absolute change that counts as better; the sign does not matter. Default: 0.0001.</param>
/// <param name="Cooldown">Epochs to wait after lowering. Default: 0.</param>
/// <param name="MinLr">Lowest rate. Default: 0.</param>
[Ignores("verbose")]
public sealed record ReduceLROnPlateau(
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    [Range(0.0, 0.999999999)] double Factor = 0.1,
    [Range(0, 1_000_000)] int Patience = 10,
    MonitorMode Mode = MonitorMode.Auto,
    [Range(-1e30, 1e30)] double MinDelta = 1e-4,
    [Range(0, 1_000_000)] int Cooldown = 0,
    [Range(0.0, 1e6)] double MinLr = 0.0) : MonitorCallbackSpec(Monitor, Mode);
