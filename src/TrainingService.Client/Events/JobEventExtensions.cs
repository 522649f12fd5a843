using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Events;

/// <summary>Typed access to an event's data.</summary>
public static class JobEventExtensions
{
    private static readonly Dictionary<Type, string> s_types = new()
    {
        [typeof(StatusEvent)] = EventTypes.Status,
        [typeof(ModelEvent)] = EventTypes.Model,
        [typeof(EpochBeginEvent)] = EventTypes.EpochBegin,
        [typeof(ProgressEvent)] = EventTypes.Progress,
        [typeof(EpochEndEvent)] = EventTypes.EpochEnd,
        [typeof(StepEvent)] = EventTypes.Step,
        [typeof(CheckpointEvent)] = EventTypes.Checkpoint,
        [typeof(ResumedEvent)] = EventTypes.Resumed,
        [typeof(EvaluationEvent)] = EventTypes.Evaluation,
        [typeof(LogEvent)] = EventTypes.Log,
        [typeof(ArtifactEvent)] = EventTypes.Artifact,
        [typeof(TerminalEvent)] = EventTypes.Terminal,
    };

    /// <summary>The data as the record of the event's type: <c>e.As&lt;EpochEndEvent&gt;()</c>.</summary>
    /// <typeparam name="T">The record that <see cref="EventTypes"/> names for the type.</typeparam>
    /// <exception cref="InvalidOperationException">The event is of another type.</exception>
    public static T As<T>(this JobEvent jobEvent) where T : class =>
        jobEvent.TryAs<T>() ?? throw new InvalidOperationException($"{typeof(T).Name} is not the data of an event of type \"{jobEvent.Type}\".");

    /// <summary>The data when the event is of that type, else null: <c>if (e.TryAs&lt;EpochEndEvent&gt;() is { } epoch)</c>.</summary>
    /// <typeparam name="T">The record that <see cref="EventTypes"/> names for the type.</typeparam>
    public static T? TryAs<T>(this JobEvent jobEvent) where T : class
    {
        ArgumentNullException.ThrowIfNull(jobEvent);
        return s_types.TryGetValue(typeof(T), out var type) && type == jobEvent.Type
            ? jobEvent.Data.Deserialize<T>(ContractsJson.Options)
            : null;
    }
}
