using TrainingService.Contracts.Callbacks;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Datasets;

namespace TrainingService.Engine.Training;

/// <summary>What <c>fit</c> takes besides the rows.</summary>
public sealed class FitOptions
{
    /// <summary>The index at which training ends, as in Keras. Default: 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The index of the first epoch. Default: 0.</summary>
    public int InitialEpoch { get; init; }

    /// <summary>Rows to watch after an epoch. Default: none.</summary>
    public Pipeline? Validation { get; init; }

    /// <summary>The epochs after which to validate. Default: all.</summary>
    public EpochFrequency ValidationFreq { get; init; }

    /// <summary>In order; whoever made them disposes of them. Default: none.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Where callbacks' files go. Default: a refusal.</summary>
    public ICheckpointFiles Files { get; init; } = new NoFiles();

    /// <summary>Cancellation and time. Default: none.</summary>
    public RunLimits Limits { get; init; } = RunLimits.None;

    /// <summary>Who watches. Default: nobody.</summary>
    public ITrainingObserver? Observer { get; init; }

    /// <summary>What saves checkpoints; null saves none. Whoever made it disposes of it.</summary>
    public CheckpointKeeper? Checkpoints { get; init; }

    /// <summary>Where to go on; null begins with the initial epoch.</summary>
    public ResumedState? Resume { get; init; }

    /// <summary>After how many batches the observer gets a step's figures, which are read from the device then; null for never.</summary>
    public int? StepMetricsEvery { get; init; }

    /// <summary>Rows that are evaluated after the fit, for which time is kept back. Default: 0.</summary>
    public long FinalRows { get; init; }

    private sealed class NoFiles : ICheckpointFiles
    {
        public void SaveModel(Models.Model model, string name, bool weightsOnly, bool once) => throw Refusal(name);

        public void SaveText(string name, string text) => throw Refusal(name);

        public string? FindText(string name) => null;

        public Stream CreateEvents(string name) => throw Refusal(name);

        private static InvalidOperationException Refusal(string name) => new($"There is no output directory for {name}.");
    }
}
