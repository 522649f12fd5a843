using System.Diagnostics;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Checkpoints;

/// <summary>
/// When a run saves checkpoints, and how: the state is copied on the training thread, written, brought to the disk and renamed on another one, never
/// two at once. A checkpoint that cannot be written is a warning: the run goes on, and the next one is tried.
/// </summary>
/// <param name="folder">Where the files go.</param>
/// <param name="observer">Learns of every file when it is complete, on the thread that wrote it.</param>
/// <param name="time">The clock.</param>
public sealed class CheckpointKeeper(string folder, ITrainingObserver observer, TimeProvider time) : IDisposable
{
    /// <summary>Folder of the checkpoints inside the output directory.</summary>
    public const string Folder = "checkpoints";

    private (int Epoch, long Step, bool Trained, bool Ended)? _last;
    private long _lastAt = time.GetTimestamp();
    private Task _writing = Task.CompletedTask;
    private double _best = double.PositiveInfinity;

    /// <summary>After how many epochs; null for none.</summary>
    public int? EveryEpochs { get; init; } = 1;

    /// <summary>After how many seconds, at the next end of a batch; null for never.</summary>
    public double? EverySeconds { get; init; }

    /// <summary>Number of the last checkpoint, of this run or of those before it.</summary>
    public long LastNumber { get; init; }

    /// <summary>What the run is, as JSON, for whoever reads the checkpoint. Default: nothing.</summary>
    public string Identity { get; init; } = "{}";

    /// <summary>The run's files, as far as a checkpoint must bring them along. Default: none.</summary>
    public OutputFiles? Files { get; init; }

    /// <summary>Told before each thing that is done to the disk.</summary>
    internal Action<string>? FileStep { get; init; }

    /// <summary>How long the last one took, from the copy to its name.</summary>
    public TimeSpan Took { get; private set; }

    private long Number => LastNumber + _count;

    private long _count;

    /// <summary>Whether a checkpoint is to be saved now that an epoch is done.</summary>
    /// <param name="epochs">Epochs that are done.</param>
    public bool IsDueAfterEpoch(int epochs) => (EveryEpochs is { } every && epochs % every == 0) || IsDueAfterBatch();

    /// <summary>Whether a checkpoint is to be saved now that a batch is done.</summary>
    public bool IsDueAfterBatch() => EverySeconds is { } seconds && time.GetElapsedTime(_lastAt).TotalSeconds >= seconds && _writing.IsCompleted;

    /// <summary>Whether this very state is saved already.</summary>
    public bool Has(FitPosition at) => _last == Key(at);

    /// <summary>Takes note of the state that the same run goes on from, and writes the files that came with it.</summary>
    internal void Resumed(FitPosition at, StateReader own, StateReader files)
    {
        (_last, _best) = (Key(at), CallbackState.Number(own.Value("best")) ?? double.PositiveInfinity);
        Files?.ReadState(files);
    }

    /// <summary>Begins to write a checkpoint; the one before must be done.</summary>
    /// <param name="state">What the run remembers; taken over.</param>
    /// <param name="at">Where it stands.</param>
    public void Begin(StateWriter state, FitPosition at)
    {
        Wait();
        _count++;
        var file = new TrainerCheckpointFile($"{Folder}/{Number}.ckpt", Number, at.Epoch, at.Step, IsBest(at), 0, "");
        var own = state.At("run");
        own.AddValue("number", Number);
        own.AddValue("identity", Identity); // a text: a large model's description is copied by reference
        own.AddValue("best", double.IsFinite(_best) ? CallbackState.Number(_best) : null);
        Files?.WriteState(state.At("files"), all: at.Ended is not null);
        (_last, _lastAt) = (Key(at), time.GetTimestamp());
        _writing = Task.Run(() => Write(file, state.Content));
    }

    /// <summary>Waits until nothing is being written.</summary>
    public void Wait() => _writing.GetAwaiter().GetResult();

    private void Write(TrainerCheckpointFile file, CheckpointContent content)
    {
        var watch = Stopwatch.StartNew();
        long size;
        string sha256;
        try
        {
            using (content)
                (size, sha256) = CheckpointFile.Write(Path.Combine(folder, $"{file.Number}.ckpt"), content, FileStep);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            observer.OnLog(new LogEvent("warning", $"Checkpoint {file.Number} could not be written: {failure.Message}"));
            return;
        }
        Took = watch.Elapsed;
        observer.OnCheckpoint(file with { SizeBytes = size, Sha256 = sha256 });
    }

    /// <summary>Whether the epoch that has just ended is the best of those that were saved: by its validation's loss, or else its own.</summary>
    private bool IsBest(FitPosition at)
    {
        if (at.Step > 0 || (at.Last.Find("val_loss") ?? at.Last.Find("loss")) is not { } loss || !(loss < _best))
            return false;
        _best = loss;
        return true;
    }

    private static (int, long, bool, bool) Key(FitPosition at) => (at.Epoch, at.Step, at.Trained is not null, at.Ended is not null);

    /// <inheritdoc />
    public void Dispose() => Wait();
}
