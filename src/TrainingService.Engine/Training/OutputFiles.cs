using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Models;

namespace TrainingService.Engine.Training;

/// <summary>The files that a run leaves in its output directory. Names never become paths.</summary>
/// <param name="directory">The output directory.</param>
/// <param name="observer">Learns of every file once, when nothing more is written to it.</param>
public sealed class OutputFiles(string directory, ITrainingObserver observer) : ICheckpointFiles
{
    private const string Binary = "application/octet-stream";

    private readonly OrderedDictionary<string, TrainerFile> _written = [];

    /// <summary>The finished model: weights and Keras's description of it.</summary>
    public void SaveModel(Model model)
    {
        SaveTensors(model, "model.safetensors", "model", describe: false);
        AtomicFile.Write(PathOf("config.json"), stream => JsonSerializer.Serialize(stream, model.Spec, ContractsJson.Options));
        _written["config.json"] = new("config.json", "config", "application/json");
    }

    /// <inheritdoc />
    public void SaveModel(Model model, string name, bool weightsOnly) => SaveTensors(model, name, "weights", describe: !weightsOnly);

    /// <inheritdoc />
    public void SaveText(string name, string text)
    {
        AtomicFile.Write(PathOf(name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        _written[name] = new(name, "history", "text/csv");
    }

    /// <inheritdoc />
    public string? FindText(string name) => _written.ContainsKey(name) ? File.ReadAllText(PathOf(name)) : null;

    /// <inheritdoc />
    public Stream CreateEvents(string name)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _written[name] = new(name, "tensorboard", Binary);
        return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
    }

    /// <summary>Tells the observer of every file; nothing is written afterwards.</summary>
    public void Announce()
    {
        foreach (var file in _written.Values)
            observer.OnFile(file);
        _written.Clear();
    }

    /// <param name="model">Whose weights.</param>
    /// <param name="name">File name.</param>
    /// <param name="kind">Artifact kind.</param>
    /// <param name="describe">Put Keras's description of the model into the header, as <c>model_config</c>.</param>
    private void SaveTensors(Model model, string name, string kind, bool describe)
    {
        var metadata = new Dictionary<string, string> { ["format"] = "keras" };
        if (describe)
            metadata["model_config"] = JsonSerializer.Serialize(model.Spec, ContractsJson.Options);
        Safetensors.Write(PathOf(name), [.. model.Weights.Select(weight => (weight.Path, weight.Value))], metadata);
        _written[name] = new(name, kind, Binary);
    }

    private string PathOf(string name) => ArtifactName.IsSafe(name)
        ? Path.Combine(directory, name)
        : throw new ArgumentException($"expected a file name of letters, digits, '.', '_' and '-', perhaps with folders. Received: {name}.", nameof(name));
}
