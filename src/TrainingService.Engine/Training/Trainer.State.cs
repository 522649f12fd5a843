using TrainingService.Contracts.Events;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;

namespace TrainingService.Engine.Training;

/// <content>What a checkpoint holds: one walk over everything that remembers something.</content>
public sealed partial class Trainer
{
    private const string LayersPath = "model/layers";

    private IEnumerable<(string Name, IStateful Part)> Parts(FitRun run)
    {
        yield return ("fit", run.At);
        yield return ("model", _model);
        yield return ("optimizer", _optimizer);
        yield return ("means", _means);
        if (Mirror is not null)
            yield return ("mirror", Mirror);
        yield return ("callbacks", run.Callbacks);
    }

    /// <summary>Saves a state that was not saved yet.</summary>
    private void SaveNow(FitRun run)
    {
        if (run.Options.Checkpoints is { } checkpoints && !checkpoints.Has(run.At))
            Save(run, checkpoints);
    }

    /// <param name="run">Which state.</param>
    /// <param name="checkpoints">Where to.</param>
    /// <param name="before">What has moved since, as it was; emptied.</param>
    private void Save(FitRun run, CheckpointKeeper checkpoints, CheckpointContent? before = null)
    {
        checkpoints.Wait(); // never two at once: a disk that is too slow holds training up rather than filling memory
        var state = new StateWriter();
        foreach (var (name, part) in Parts(run))
            state.Add(name, part);
        if (before is not null)
            state.Content.Replace(before);
        checkpoints.Begin(state, run.At);
        run.Finish.Saved(checkpoints.Took);
    }

    private void Resume(ResumedState resume, FitRun run)
    {
        using var noGrad = TorchSharp.torch.no_grad();
        var (at, options) = (run.At, run.Options);
        var reader = new StateReader(resume.Content);
        foreach (var (name, part) in Parts(run))
        {
            if (part is not CallbackList callbacks)
                reader.Read(name, part);
            else if (!resume.Continues)
                reader.Read(name, part);
            else
                ContinueLogs(callbacks, reader.At(name));
        }
        Array.ForEach<string>(["run", "files"], reader.Skip);
        if (resume.Continues)
            reader.Skip("callbacks");
        reader.ExpectEnd();
        options.Observer?.OnResumed(new ResumedEvent(at.Epoch, at.Step, resume.Number));
        if (!resume.Continues)
        {
            if (options.Checkpoints is { } keeper)
                keeper.Resumed(at, reader.At("run"), reader.At("files"));
            return;
        }
        // A second fit: what ended the first one is over, and its callbacks begin anew.
        at.Ended = null;
        if (at is { Step: > 0 } or { Trained: not null })
        {
            run.Callbacks.Each(callback => callback.OnEpochBegin(at.Epoch));
            options.Observer?.OnEpochBegin(new EpochBeginEvent(at.Epoch + 1, options.Epochs));
        }
    }

    /// <summary>The run's own history and logs that are appended to go on where they were.</summary>
    private static void ContinueLogs(CallbackList callbacks, StateReader states)
    {
        for (var i = 0; i < states.Value<int>("count"); i++)
        {
            if (states.At($"{i}").Value<string>("class") != nameof(CSVLogger))
                continue;
            var name = CSVLogger.FileOf(states.At($"{i}"));
            callbacks.Each(callback =>
            {
                if (callback is CSVLogger { Continues: true } logger && logger.FileName == name)
                    logger.ReadState(states.At($"{i}"));
            });
        }
    }

    private static CheckpointContent StateOf(string path, IStateful part)
    {
        var state = new StateWriter();
        state.Add(path, part);
        return state.Content;
    }
}
