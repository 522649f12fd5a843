using System.Text;
using System.Text.Json;
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
        SaveTensors(model, "model.safetensors", "model");
        AtomicFile.Write(PathOf("config.json"), stream => JsonSerializer.Serialize(stream, model.Spec, ContractsJson.Options));
        _written["config.json"] = new("config.json", "config", "application/json");
    }

    /// <inheritdoc />
    public void SaveWeights(Model model, string name) =>
        SaveTensors(model, name, "weights");

    /// <inheritdoc />
    public void SaveText(string name, string text)
    {
        AtomicFile.Write(PathOf(name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        _written[name] = new(name, "history", "text/csv");
    }

    /// <summary>Tells the observer of every file; nothing is written afterwards.</summary>
    public void Announce()
    {
        foreach (var file in _written.Values)
            observer.OnFile(file);
        _written.Clear();
    }

    private void SaveTensors(Model model, string name, string kind)
    {
        Safetensors.Write(PathOf(name), [.. model.Weights.Select(weight => (weight.Path, weight.Value))], new Dictionary<string, string> { ["format"] = "keras" });
        _written[name] = new(name, kind, Binary);
    }

    private string PathOf(string name) =>
        name.Length is > 0 and < 200 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')
            ? Path.Combine(directory, name)
            : throw new ArgumentException($"expected a file name of letters, digits, '.', '_' and '-'. Received: {name}.", nameof(name));
}
