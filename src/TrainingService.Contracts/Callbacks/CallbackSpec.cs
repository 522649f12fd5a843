using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Something that happens around epochs and batches.</summary>
public abstract record CallbackSpec : KerasSpec;

/// <summary>A callback that watches one figure of the logs.</summary>
/// <param name="Monitor">Key in the logs, such as <c>val_loss</c>; must exist.</param>
/// <param name="Mode">Which way it gets better.</param>
public abstract record MonitorCallbackSpec(string Monitor, MonitorMode Mode) : CallbackSpec;

/// <summary>Which way a watched figure gets better.</summary>
public enum MonitorMode
{
    /// <summary>The metric says it itself.</summary>
    Auto,

    /// <summary>Smaller is better.</summary>
    Min,

    /// <summary>Larger is better.</summary>
    Max,
}
