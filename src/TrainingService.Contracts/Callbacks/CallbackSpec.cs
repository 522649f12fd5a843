using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Something that happens around epochs and batches.</summary>
public abstract record CallbackSpec : KerasSpec;

/// <summary>A callback that watches one figure of the logs.</summary>
/// <param name="Monitor">Key in the logs, such as <c>val_loss</c>; must exist.</param>
/// <param name="Mode">Which way it gets better.</param>
public abstract record MonitorCallbackSpec(string Monitor, MonitorMode Mode) : CallbackSpec;

/// <summary>Which way a watched figure gets better.</summary>
public enum MonitorMode
{
    /// <summary>The metric says it itself.</summary>
    Auto,

    /// <summary>Smaller is better.</summary>
    Min,

    /// <summary>Larger is better.</summary>
    Max,
}

/// <summary>Stops when the watched figure has not improved for a number of epochs.</summary>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="MinDelta">Smallest change that counts as better. Default: 0.</param>
/// <param name="Patience">Epochs without improvement before stopping. Default: 0.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="Baseline">Value to be better than. Default: none.</param>
/// <param name="RestoreBestWeights">End with the best epoch's weights. Default: false.</param>
/// <param name="StartFromEpoch">Epochs to wait before watching. Default: 0.</param>
[Ignores("verbose")]
public sealed record EarlyStopping(
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    [Range(0.0, 1e30)] double MinDelta = 0.0,
    [Range(0, 1_000_000)] int Patience = 0,
    MonitorMode Mode = MonitorMode.Auto,
    double? Baseline = null,
    bool RestoreBestWeights = false,
    [Range(0, 1_000_000)] int StartFromEpoch = 0) : MonitorCallbackSpec(Monitor, Mode);

/// <summary>Saves weights as artifacts of the job.</summary>
/// <param name="Filepath">Name of the artifact, ending in <c>.safetensors</c>; <c>{epoch:02d}</c> and <c>{val_loss:.2f}</c> are filled in. Null names it <c>best.weights.safetensors</c> with <c>save_best_only</c>, else <c>epoch-{epoch:02d}.weights.safetensors</c>. Keras's <c>.keras</c> and <c>.h5</c> are refused: this version does not write them.</param>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="SaveBestOnly">Save only when the watched figure improves. Default: false.</param>
/// <param name="SaveWeightsOnly">Weights without the model's description. Default: false.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="SaveFreq">Only "epoch".</param>
/// <param name="InitialValueThreshold">Value to be better than. Default: none.</param>
[Ignores("verbose")]
public sealed record ModelCheckpoint(
    [StringLength(200, MinimumLength = 1)] string? Filepath = null,
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    bool SaveBestOnly = false,
    bool SaveWeightsOnly = false,
    MonitorMode Mode = MonitorMode.Auto,
    [DefaultOnly] string SaveFreq = "epoch",
    double? InitialValueThreshold = null) : MonitorCallbackSpec(Monitor, Mode);

/// <summary>Lowers the learning rate when the watched figure has not improved for a number of epochs.</summary>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="Factor">New rate = rate · factor; below 1. Default: 0.1.</param>
/// <param name="Patience">Epochs without improvement before lowering. Default: 10.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="MinDelta">Smallest absolute change that counts as better. Default: 0.0001.</param>
/// <param name="Cooldown">Epochs to wait after lowering. Default: 0.</param>
/// <param name="MinLr">Lowest rate. Default: 0.</param>
[Ignores("verbose")]
public sealed record ReduceLROnPlateau(
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    [Range(0.0, 0.999999999)] double Factor = 0.1,
    [Range(0, 1_000_000)] int Patience = 10,
    MonitorMode Mode = MonitorMode.Auto,
    [Range(0.0, 1e30)] double MinDelta = 1e-4,
    [Range(0, 1_000_000)] int Cooldown = 0,
    [Range(0.0, 1e6)] double MinLr = 0.0) : MonitorCallbackSpec(Monitor, Mode);

/// <summary>Writes a row per epoch to a CSV artifact.</summary>
/// <param name="Filename">Name of the artifact. Default: <c>history.csv</c>, which every job writes anyway.</param>
/// <param name="Separator">Default: a comma.</param>
/// <param name="Append">Only false.</param>
public sealed record CSVLogger(
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", ErrorMessage = "a file name of letters, digits, '.', '_' and '-', at most 100")] string Filename = "history.csv",
    [StringLength(1, MinimumLength = 1)] string Separator = ",",
    [DefaultOnly] bool Append = false) : CallbackSpec;

/// <summary>Stops at the first batch whose loss is NaN or infinite.</summary>
/// <param name="RaiseError">End the job as failed instead of stopping it. Default: false.</param>
public sealed record TerminateOnNaN(bool RaiseError = false) : CallbackSpec;
