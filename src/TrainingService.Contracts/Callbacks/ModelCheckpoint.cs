using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Saves the model as artifacts of the job.</summary>
/// <param name="Filepath">
/// Name of the artifact, ending in <c>.safetensors</c>, with <c>save_weights_only</c> in <c>.weights.safetensors</c>; <c>{epoch:02d}</c> and
/// <c>{val_loss:.2f}</c> are filled in, and <c>{batch:04d}</c> where batches are counted. Null names it
/// <c>best.weights.safetensors</c> with <c>save_best_only</c>, else <c>epoch-{epoch:02d}.weights.safetensors</c>, and with a number of batches
/// <c>epoch-{epoch:02d}-batch-{batch}.weights.safetensors</c>. Keras's <c>.keras</c> and <c>.h5</c> are refused: this version does not write them.
/// </param>
/// <param name="Monitor">Default: val_loss.</param>
/// <param name="SaveBestOnly">Save only when the watched figure improves. Default: false.</param>
/// <param name="SaveWeightsOnly">Leave the model's description out of the file's header. Default: false.</param>
/// <param name="Mode">Default: auto.</param>
/// <param name="SaveFreq"><c>"epoch"</c>, or a number of batches counted across epochs. Default: epoch.</param>
/// <param name="InitialValueThreshold">Value to be better than. Default: none.</param>
[Ignores("verbose")]
public sealed record ModelCheckpoint(
    [StringLength(200, MinimumLength = 1)] string? Filepath = null,
    [StringLength(200, MinimumLength = 1)] string Monitor = "val_loss",
    bool SaveBestOnly = false,
    bool SaveWeightsOnly = false,
    MonitorMode Mode = MonitorMode.Auto,
    Frequency SaveFreq = default,
    double? InitialValueThreshold = null) : MonitorCallbackSpec(Monitor, Mode)
{
    /// <summary>The name as given, or the one that a checkpoint without a name gets.</summary>
    public string NameTemplate() => Filepath
        ?? (SaveBestOnly ? "best.weights.safetensors"
            : SaveFreq.Batches is null ? "epoch-{epoch:02d}.weights.safetensors"
            : "epoch-{epoch:02d}-batch-{batch}.weights.safetensors");
}
