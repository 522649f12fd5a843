using TrainingService.Contracts.Callbacks;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Every callback: the record that describes it and the class that does it.</summary>
public static class CallbackTable
{
    private static readonly Dictionary<Type, Func<CallbackSpec, Callback>> Table = new()
    {
        [typeof(Specs.EarlyStopping)] = spec => new EarlyStopping((Specs.EarlyStopping)spec),
        [typeof(Specs.ModelCheckpoint)] = spec => new ModelCheckpoint((Specs.ModelCheckpoint)spec),
        [typeof(Specs.ReduceLROnPlateau)] = spec => new ReduceLROnPlateau((Specs.ReduceLROnPlateau)spec),
        [typeof(Specs.LearningRateScheduler)] = spec => new LearningRateScheduler((Specs.LearningRateScheduler)spec),
        [typeof(Specs.TensorBoard)] = spec => new TensorBoard((Specs.TensorBoard)spec),
        [typeof(Specs.CSVLogger)] = spec => new CSVLogger((Specs.CSVLogger)spec),
        [typeof(Specs.TerminateOnNaN)] = spec => new TerminateOnNaN((Specs.TerminateOnNaN)spec),
        [typeof(Specs.SwapEMAWeights)] = spec => new SwapEMAWeights((Specs.SwapEMAWeights)spec),
        [typeof(Specs.RemoteMonitor)] = spec => new WithoutEffect((Specs.RemoteMonitor)spec),
        [typeof(Specs.BackupAndRestore)] = spec => new WithoutEffect((Specs.BackupAndRestore)spec),
        [typeof(Specs.History)] = spec => new WithoutEffect((Specs.History)spec),
        [typeof(Specs.ProgbarLogger)] = spec => new WithoutEffect((Specs.ProgbarLogger)spec),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the callback of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Callback Build(CallbackSpec spec) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec)
            : throw new NotSupportedException($"No class does the callback {spec.GetType().Name}.");
}
