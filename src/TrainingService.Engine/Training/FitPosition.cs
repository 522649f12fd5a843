using System.Text.Json.Nodes;
using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;

namespace TrainingService.Engine.Training;

/// <summary>Where a fit stands: what decides, together with the seed, which batch comes next.</summary>
public sealed class FitPosition : IStateful
{
    /// <summary>The running epoch, from 0; as many are done.</summary>
    public int Epoch { get; internal set; }

    /// <summary>Batches done inside the running epoch.</summary>
    public long Step { get; internal set; }

    /// <summary>Batches done in all epochs.</summary>
    public long GlobalStep { get; internal set; }

    /// <summary>The epoch that began with the first rows, where epochs are parts of them.</summary>
    public int Origin { get; internal set; }

    /// <summary>Why training ended; null while it has not.</summary>
    public StopReason? Ended { get; internal set; }

    /// <summary>Figures of an epoch whose batches are done and whose validation is not; null otherwise.</summary>
    internal Logs? Trained { get; set; }

    /// <summary>Figures of the last epoch that is done.</summary>
    internal Logs Last { get; set; } = new();

    /// <summary>Time that the running epoch has taken so far, and its batches alone.</summary>
    internal (TimeSpan Epoch, TimeSpan Batches) Times { get; set; }

    internal void EndEpoch(Logs logs) => (Epoch, Step, Trained, Last, Times) = (Epoch + 1, 0, null, logs, default);

    /// <inheritdoc />
    public void WriteState(StateWriter state)
    {
        state.AddValue("epoch", Epoch);
        state.AddValue("step", Step);
        state.AddValue("global_step", GlobalStep);
        state.AddValue("origin", Origin);
        state.AddValue("ended", Ended?.ToString());
        state.AddValue("trained", Trained is null ? null : Json(Trained));
        state.AddValue("last", Json(Last));
        state.AddValue("epoch_ticks", Times.Epoch.Ticks);
        state.AddValue("batches_ticks", Times.Batches.Ticks);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        (Epoch, Step, GlobalStep, Origin) = (state.Value<int>("epoch"), state.Value<long>("step"), state.Value<long>("global_step"), state.Value<int>("origin"));
        Ended = state.Value("ended") is { } reason ? Enum.Parse<StopReason>((string)reason!) : null;
        Trained = state.Value("trained") is { } trained ? Figures(trained) : null;
        Last = Figures(state.Value("last")!);
        Times = (new TimeSpan(state.Value<long>("epoch_ticks")), new TimeSpan(state.Value<long>("batches_ticks")));
    }

    private static JsonObject Json(Logs logs) => new(logs.Names.Select(name => KeyValuePair.Create(name, CallbackState.Number(logs[name]))));

    private static Logs Figures(JsonNode json)
    {
        var logs = new Logs();
        foreach (var (name, value) in json.AsObject())
            logs[name] = CallbackState.Number(value)!.Value;
        return logs;
    }
}
