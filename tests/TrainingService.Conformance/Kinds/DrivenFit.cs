using System.Text.Json;
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

namespace TrainingService.Conformance.Kinds;

/// <summary>A fit whose logs are given: it calls a callback's hooks in Keras's order, without training anything.</summary>
internal sealed class DrivenFit : IDisposable
{
    private readonly Optimizer _optimizer;

    public DrivenFit()
    {
        Model = new Model(new Sequential([new Dense(1)]), new Shape(null, 1), new RandomStreams(1), torch.CPU);
        _optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), Model.Parameters);
        Context = NewContext();
    }

    public Model Model { get; }

    public FitContext Context { get; private set; }

    public SavedFiles Files { get; } = new();

    /// <summary>Epochs of the last run.</summary>
    public int EpochsRun { get; private set; }

    /// <param name="callback">What is driven.</param>
    /// <param name="epochs">The logs of every epoch.</param>
    /// <param name="beforeEnd">Happens before an epoch's end.</param>
    /// <param name="afterEnd">Sees the logs after an epoch's end.</param>
    /// <param name="batchesPerEpoch">Batches before an epoch's end; their loss is the epoch's.</param>
    public void Run(Callback callback, JsonElement epochs, Action<int>? beforeEnd = null, Action<int, Logs>? afterEnd = null, int batchesPerEpoch = 1)
    {
        if (Context.StopReason is not null)
            Context = NewContext();
        callback.Attach(Context);
        callback.OnTrainBegin();
        EpochsRun = Files.Epoch = 0;
        var logs = new Logs();
        foreach (var figures in epochs.EnumerateArray())
        {
            logs = new Logs();
            foreach (var figure in figures.EnumerateObject())
                logs[figure.Name] = Tensors.Number(figure.Value);
            callback.OnEpochBegin(EpochsRun);
            for (Files.Batch = 0; Files.Batch < batchesPerEpoch; Files.Batch++)
            {
                using var means = MeansOf(logs.Find("loss") ?? 0);
                callback.OnTrainBatchBegin(Files.Batch.Value);
                callback.OnTrainBatchEnd(Files.Batch.Value, means);
            }
            Files.Batch = null;
            beforeEnd?.Invoke(EpochsRun);
            callback.OnEpochEnd(EpochsRun, logs);
            afterEnd?.Invoke(EpochsRun, logs);
            Files.Epoch = ++EpochsRun;
            if (Context.StopReason is not null)
                break;
        }
        callback.OnTrainEnd(logs);
    }

    /// <summary>Running figures that have only a loss.</summary>
    public static RunningMeans MeansOf(double loss)
    {
        var means = new RunningMeans([]);
        means.AddLoss(4, torch.tensor(loss), []);
        return means;
    }

    private FitContext NewContext() => new()
    {
        Model = Model,
        Optimizer = _optimizer,
        Metrics = new Dictionary<string, Direction?>
        {
            ["accuracy"] = Direction.Up, ["acc"] = Direction.Up, ["auc"] = Direction.Up, ["mae"] = Direction.Down, ["mse"] = Direction.Down,
        },
        Files = Files,
    };

    public void Dispose()
    {
        _optimizer.Dispose();
        Model.Dispose();
    }

    /// <summary>Remembers which files were written, and when.</summary>
    internal sealed class SavedFiles : ICheckpointFiles
    {
        private readonly Dictionary<string, string> _texts = [];

        public int Epoch { get; set; }

        public int? Batch { get; set; }

        public List<string> Saves { get; } = [];

        public HashSet<string> Names { get; } = [];

        public void SaveModel(Model model, string name, bool weightsOnly, bool once)
        {
            Saves.Add($"{name} {Epoch} {Batch}");
            Names.Add(name);
        }

        public void SaveText(string name, string text) => _texts[name] = text;

        public string? FindText(string name) => _texts.GetValueOrDefault(name);

        public Stream CreateEvents(string name) => new MemoryStream();
    }
}
