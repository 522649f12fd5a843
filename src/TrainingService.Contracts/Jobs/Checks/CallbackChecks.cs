using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>The figures that the logs of a job will have.</summary>
/// <param name="Keys">Their names, with the direction in which each gets better; null where there is none.</param>
/// <param name="Complete">False when something could not be read, so that more may exist.</param>
/// <param name="WithoutValidation">Why there are no <c>val_…</c> figures, or null when there are.</param>
internal sealed record Figures(IReadOnlyDictionary<string, Direction?> Keys, bool Complete, string? WithoutValidation)
{
    public static Figures Of(IReadOnlyList<MetricSpec> metrics, string? withoutValidation, ReadContext context)
    {
        var keys = new Dictionary<string, Direction?>(StringComparer.Ordinal) { ["loss"] = Direction.Down };
        foreach (var metric in metrics.Where(context.IsSound))
            keys[MetricChecks.Name(metric)] = metric.Direction;
        if (withoutValidation is null)
        {
            foreach (var (key, direction) in keys.ToList())
                keys[$"val_{key}"] = direction;
        }
        keys["learning_rate"] = null;
        return new Figures(keys, metrics.All(context.IsSound), withoutValidation);
    }
}

/// <summary>Checks the callbacks: the figure that each watches, and the files that each writes.</summary>
internal sealed class CallbackChecks(ReadContext context, Figures figures)
{
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);

    public void Check(IReadOnlyList<CallbackSpec> callbacks)
    {
        foreach (var callback in callbacks.Where(context.IsSound))
        {
            if (callback is MonitorCallbackSpec monitor && Watches(monitor))
                CheckMonitor(monitor);
            if (callback is ModelCheckpoint checkpoint)
                CheckFile(checkpoint, "filepath", CheckpointFiles.Name(checkpoint), CheckpointFiles.Objection(CheckpointFiles.Name(checkpoint), figures));
            if (callback is CSVLogger logger)
                CheckFile(logger, "filename", logger.Filename, logger.Filename == "history.csv" ? null : CheckpointFiles.ReservedObjection(logger.Filename));
        }
    }

    /// <summary>A checkpoint of every epoch looks at no figure.</summary>
    private static bool Watches(MonitorCallbackSpec callback) => callback is not ModelCheckpoint { SaveBestOnly: false };

    private void CheckMonitor(MonitorCallbackSpec callback)
    {
        var pointer = context.Field(callback, "monitor");
        if (figures.Keys.TryGetValue(callback.Monitor, out var direction))
        {
            if (direction is null && callback.Mode == MonitorMode.Auto)
            {
                context.Add(
                    context.Field(callback, "mode"), ViolationCodes.UnsupportedValue,
                    $"mode \"auto\" cannot tell whether {callback.Monitor} gets better upwards or downwards. Expected \"min\" or \"max\".");
            }
            return;
        }
        if (!figures.Complete)
            return;
        var hint = figures.WithoutValidation is { } why && callback.Monitor.StartsWith("val_", StringComparison.Ordinal)
            ? why
            : NearMiss.Hint(callback.Monitor, figures.Keys.Keys);
        context.Add(
            pointer, ViolationCodes.UnknownMonitor,
            $"expected a figure of the logs: one of {Received.Words(figures.Keys.Keys)}. Received: \"{callback.Monitor}\".", hint);
    }

    private void CheckFile(CallbackSpec callback, string field, string name, (string Code, string Message, string? Hint)? objection)
    {
        var pointer = context.Field(callback, field);
        if (objection is var (code, message, hint))
            context.Add(pointer, code, message, hint);
        else if (!_files.Add(name))
            context.Add(pointer, ViolationCodes.DuplicateName, $"expected a file that no other callback writes. Received: \"{name}\" again.");
    }
}
