using System.Text;
using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Models;

namespace TrainingService.Engine.Training;

/// <summary>The files that a run leaves in its output directory. Names never become paths.</summary>
/// <param name="directory">The output directory.</param>
/// <param name="observer">Learns of every file once, when nothing more is written to it.</param>
public sealed class OutputFiles(string directory, ITrainingObserver observer) : ICheckpointFiles
{
    private const string Binary = "application/octet-stream", Weights = "weights";

    private readonly OrderedDictionary<string, TrainerFile> _written = [];

    /// <summary>The finished model: weights and Keras's description of it.</summary>
    public void SaveModel(Model model)
    {
        SaveTensors(model, "model.safetensors", "model", describe: false);
        AtomicFile.Write(PathOf("config.json"), stream => JsonSerializer.Serialize(stream, model.Spec, ContractsJson.Options));
        _written["config.json"] = new("config.json", "config", "application/json");
    }

    /// <summary>What is done with raw values before the model gets them.</summary>
    public void SavePreprocessing(Preprocessing preprocessing)
    {
        AtomicFile.Write(PathOf(Preprocessing.FileName), preprocessing.Write);
        _written[Preprocessing.FileName] = new(Preprocessing.FileName, "preprocessing", "application/json");
    }

    /// <inheritdoc />
    public void SaveModel(Model model, string name, bool weightsOnly, bool once)
    {
        SaveTensors(model, name, Weights, describe: !weightsOnly);
        // A file that stays as it is need not wait for the end, nor travel in checkpoints.
        if (once && _written.Remove(name, out var file))
            observer.OnFile(file);
    }

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

    /// <summary>Files that are not announced yet, for a run that goes on elsewhere.</summary>
    /// <param name="state">Takes them.</param>
    /// <param name="all">Also those that callbacks write anew from what they remember; once these are done.</param>
    internal void WriteState(StateWriter state, bool all)
    {
        var carried = _written.Values.Where(file => all || file.Kind == Weights).ToList();
        state.AddValue("list", JsonSerializer.SerializeToNode(carried, ContractsJson.Options));
        foreach (var file in carried)
        {
            using var stream = File.OpenRead(PathOf(file.Name));
            using var bytes = torch.empty(stream.Length, torch.uint8);
            Chunks(bytes, part => stream.ReadExactly(part.bytes));
            state.Add(file.Name, bytes);
        }
    }

    /// <summary>Writes the files of a run that this one goes on from.</summary>
    internal void ReadState(StateReader state)
    {
        foreach (var file in state.Value("list").Deserialize<IReadOnlyList<TrainerFile>>(ContractsJson.Options)!)
        {
            var bytes = state.Tensor(file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file.Name))!);
            AtomicFile.Write(PathOf(file.Name), stream => Chunks(bytes, part => stream.Write(part.bytes)));
            _written[file.Name] = file;
        }
    }

    /// <summary>A span cannot be longer than 2 GB.</summary>
    private static void Chunks(torch.Tensor bytes, Action<torch.Tensor> act)
    {
        const long most = 1 << 30;
        for (long start = 0; start < bytes.shape[0]; start += most)
        {
            using var part = bytes.narrow(0, start, Math.Min(most, bytes.shape[0] - start));
            act(part);
        }
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
