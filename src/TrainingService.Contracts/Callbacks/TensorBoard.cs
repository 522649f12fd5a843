using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>
/// Writes event files that TensorBoard reads, as artifacts <c>&lt;log_dir&gt;/train/events.out.tfevents…</c> and <c>&lt;log_dir&gt;/validation/…</c>:
/// <c>epoch_loss</c>, <c>epoch_learning_rate</c>, <c>evaluation_loss_vs_iterations</c> and so on.
/// </summary>
/// <param name="LogDir">Folder of the artifacts: names of letters, digits, '.', '_' and '-' with '/' between them; a leading <c>./</c> is dropped. Default: logs.</param>
/// <param name="HistogramFreq">Histograms of all weights every so many epochs; 0 writes none. Default: 0.</param>
/// <param name="WriteGraph">Write the model's description, which TensorBoard draws as a conceptual graph. Default: true.</param>
/// <param name="WriteImages">With the histograms, also draw the weights as images. Default: false.</param>
/// <param name="WriteStepsPerSecond">Write training steps per second, per epoch and (with <c>update_freq</c>) per batch. Default: false.</param>
/// <param name="UpdateFreq"><c>"epoch"</c>, <c>"batch"</c> or a number of batches: how often <c>batch_loss</c> and the metrics are written inside an epoch. Default: epoch, never inside.</param>
/// <param name="ProfileBatch">Only 0: profiles are TensorFlow's and JAX's, and Keras on torch refuses them too.</param>
/// <param name="EmbeddingsFreq">Only 0: the projector reads checkpoints of TensorFlow.</param>
/// <param name="EmbeddingsMetadata">Only null.</param>
public sealed record TensorBoard(
    [RegularExpression(@"(\./)?[A-Za-z0-9][A-Za-z0-9._-]{0,49}(/[A-Za-z0-9][A-Za-z0-9._-]{0,49}){0,3}/?", ErrorMessage = "a relative folder of at most four names of letters, digits, '.', '_' and '-'")]
    [StringLength(100, MinimumLength = 1)] string LogDir = "logs",
    [Range(0, 1_000_000)] int HistogramFreq = 0,
    bool WriteGraph = true,
    bool WriteImages = false,
    bool WriteStepsPerSecond = false,
    [AcceptsBatch] Frequency UpdateFreq = default,
    [DefaultOnly] int ProfileBatch = 0,
    [DefaultOnly] int EmbeddingsFreq = 0,
    [DefaultOnly] object? EmbeddingsMetadata = null) : CallbackSpec
{
    /// <summary>The folder without <c>./</c> before it and <c>/</c> behind it.</summary>
    public static string Folder(string logDir) => (logDir.StartsWith("./", StringComparison.Ordinal) ? logDir[2..] : logDir).TrimEnd('/');
}
