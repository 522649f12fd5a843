using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the callbacks: the figure that each watches, and the files that each writes.</summary>
internal sealed class CallbackChecks(ReadContext context, Figures figures)
{
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);
    private Figures _figures = figures;

    public void Check(IReadOnlyList<CallbackSpec> callbacks)
    {
        foreach (var callback in callbacks.Where(context.IsSound))
        {
            // It writes the rate into the logs, for itself and for those behind it.
            if (callback is ReduceLROnPlateau)
                _figures = _figures.WithLearningRate();
            if (callback is MonitorCallbackSpec monitor && Watches(monitor))
                CheckMonitor(monitor);
            if (callback is ModelCheckpoint checkpoint)
                CheckFile(checkpoint, "filepath", CheckpointFiles.Name(checkpoint), CheckpointFiles.Objection(CheckpointFiles.Name(checkpoint), _figures));
            if (callback is CSVLogger logger)
                CheckFile(logger, "filename", logger.Filename, logger.Filename == "history.csv" ? null : CheckpointFiles.ReservedObjection(logger.Filename));
        }
    }

    /// <summary>A checkpoint of every epoch looks at no figure.</summary>
    private static bool Watches(MonitorCallbackSpec callback) => callback is not ModelCheckpoint { SaveBestOnly: false };

    private void CheckMonitor(MonitorCallbackSpec callback)
    {
        var pointer = context.Field(callback, "monitor");
        if (_figures.Keys.TryGetValue(callback.Monitor, out var direction))
        {
            if (direction is null && callback.Mode == MonitorMode.Auto)
            {
                context.Add(
                    context.Field(callback, "mode"), ViolationCodes.UnsupportedValue,
                    $"mode \"auto\" cannot tell whether {callback.Monitor} gets better upwards or downwards. Expected \"min\" or \"max\".");
            }
            return;
        }
        if (!_figures.Complete)
            return;
        var hint = _figures.WithoutValidation is { } why && callback.Monitor.StartsWith("val_", StringComparison.Ordinal)
            ? why
            : NearMiss.Hint(callback.Monitor, _figures.Keys.Keys);
        context.Add(
            pointer, ViolationCodes.UnknownMonitor,
            $"expected a figure of the logs: one of {Received.Words(_figures.Keys.Keys)}. Received: \"{callback.Monitor}\".", hint);
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
