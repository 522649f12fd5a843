using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Callbacks;

/// <summary>Calls a callback's hooks as a fit of two batches an epoch does, with a loss that is given; nothing is trained.</summary>
internal sealed class SmallFit : IDisposable
{
    public SmallFit()
    {
        Model = new Model(new Sequential([new Dense(1)]), new Shape(null, 1), new RandomStreams(1), torch.CPU);
        Optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), Model.Parameters);
    }

    public Model Model { get; }

    public Optimizer Optimizer { get; }

    public FitContext? Context { get; private set; }

    /// <param name="callback">What is driven.</param>
    /// <param name="files">Where it writes.</param>
    /// <param name="firstEpoch">0 begins a fit; another goes on with the one that was begun or resumed.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="end">Whether the fit ends.</param>
    /// <param name="loss">The loss of an epoch. Default: 1.</param>
    public void Drive(Callback callback, RunFiles files, int firstEpoch, int epochs, bool end, Func<int, double>? loss = null)
    {
        if (firstEpoch == 0)
            Begin(callback, files);
        var logs = new Logs();
        for (var epoch = firstEpoch; epoch < firstEpoch + epochs && Context!.StopReason is null; epoch++)
        {
            logs = new Logs { ["loss"] = loss?.Invoke(epoch) ?? 1 };
            callback.OnEpochBegin(epoch);
            for (var batch = 0; batch < 2; batch++)
            {
                using var means = new RunningMeans([]);
                means.AddLoss(4, torch.tensor(logs["loss"]), []);
                callback.OnTrainBatchBegin(batch);
                callback.OnTrainBatchEnd(batch, means);
            }
            callback.OnEpochEnd(epoch, logs);
        }
        if (end)
            callback.OnTrainEnd(logs);
    }

    public void Resume(Callback callback, RunFiles files, CallbackState state)
    {
        Begin(callback, files);
        callback.SetState(state);
    }

    private void Begin(Callback callback, RunFiles files)
    {
        Context = new FitContext { Model = Model, Optimizer = Optimizer, Metrics = new Dictionary<string, Direction?>(), Files = files };
        callback.Attach(Context);
        callback.OnTrainBegin();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
    }
}

/// <summary>A run's files in memory.</summary>
internal sealed class RunFiles : ICheckpointFiles
{
    private readonly SortedDictionary<string, MemoryStream> _events = [];

    public Dictionary<string, string> Texts { get; } = [];

    public List<string> Saves { get; } = [];

    public IEnumerable<string> Names => _events.Keys;

    public byte[] Single(string run) => _events.Single(file => file.Key.Contains($"/{run}/", StringComparison.Ordinal)).Value.ToArray();

    public void SaveModel(Model model, string name, bool weightsOnly, bool once) => Saves.Add(name);

    public void SaveText(string name, string text) => Texts[name] = text;

    public string? FindText(string name) => Texts.GetValueOrDefault(name);

    public Stream CreateEvents(string name) => _events[name] = new MemoryStream();
}
