using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Optimizers;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the callbacks: the figure that each watches, the rates that they set, and the files that each writes.</summary>
/// <param name="context">Where violations go.</param>
/// <param name="figures">What the logs will have.</param>
/// <param name="schedules">Checks rates.</param>
/// <param name="optimizer">The job's optimizer, or null when it could not be read.</param>
internal sealed class CallbackChecks(ReadContext context, Figures figures, ScheduleChecks schedules, OptimizerSpec? optimizer)
{
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);
    private Figures _figures = figures;

    public void Check(IReadOnlyList<CallbackSpec> callbacks)
    {
        foreach (var callback in callbacks.Where(context.IsSound))
        {
            // They write the rate into the logs, for themselves and for those behind them.
            if (callback is ReduceLROnPlateau or LearningRateScheduler)
                _figures = _figures.WithLearningRate();
            if (callback is MonitorCallbackSpec monitor && Watches(monitor))
                CheckMonitor(monitor, FiguresOf(monitor));
            switch (callback)
            {
                case ModelCheckpoint checkpoint:
                    CheckFile(checkpoint, "filepath", checkpoint.NameTemplate(), CheckpointFiles.Objection(checkpoint, FiguresOf(checkpoint)));
                    break;
                case CSVLogger logger:
                    CheckFile(logger, "filename", logger.Filename, logger.Filename == "history.csv" ? null : CheckpointFiles.ReservedObjection(logger.Filename));
                    break;
                case TensorBoard board:
                    CheckFile(board, "log_dir", TensorBoard.Folder(board.LogDir) + "/", null);
                    break;
                case RemoteMonitor monitored:
                    CheckReceiver(monitored);
                    break;
                case LearningRateScheduler scheduler:
                    schedules.Check(scheduler);
                    break;
                case SwapEMAWeights when optimizer is not null && !KeepsAverage(optimizer):
                    context.Add(
                        context.At(callback), ViolationCodes.Conflict,
                        "SwapEMAWeights needs averages. Expected an optimizer with use_ema: true. Received: one without.");
                    break;
                default:
                    break;
            }
        }
    }

    private static bool KeepsAverage(OptimizerSpec optimizer) => optimizer switch
    {
        UpdateRuleSpec rule => rule.UseEma,
        LossScaleOptimizer scaled => KeepsAverage(scaled.InnerOptimizer),
        MultiOptimizer several => several.OptimizerMap.All.Any(KeepsAverage),
        _ => false,
    };

    /// <summary>A checkpoint of every epoch looks at no figure.</summary>
    private static bool Watches(MonitorCallbackSpec callback) => callback is not ModelCheckpoint { SaveBestOnly: false };

    /// <summary>What there is when the callback looks: inside an epoch, or at its end.</summary>
    private Figures FiguresOf(MonitorCallbackSpec callback) => callback is ModelCheckpoint { SaveFreq.Batches: not null } ? _figures.OfBatches() : _figures;

    private void CheckMonitor(MonitorCallbackSpec callback, Figures known)
    {
        var pointer = context.Field(callback, "monitor");
        if (known.Keys.TryGetValue(callback.Monitor, out var direction))
        {
            if (direction is null && callback.Mode == MonitorMode.Auto)
            {
                context.Add(
                    context.Field(callback, "mode"), ViolationCodes.UnsupportedValue,
                    $"mode \"auto\" cannot tell whether {callback.Monitor} gets better upwards or downwards. Expected \"min\" or \"max\".");
            }
            return;
        }
        if (!known.Complete)
            return;
        var hint = known.WithoutValidation is { } why && callback.Monitor.StartsWith("val_", StringComparison.Ordinal)
            ? why
            : NearMiss.Hint(callback.Monitor, known.Keys.Keys);
        context.Add(
            pointer, ViolationCodes.UnknownMonitor,
            $"expected a figure of the logs: one of {Received.Words(known.Keys.Keys)}. Received: \"{callback.Monitor}\".", hint);
    }

    private void CheckReceiver(RemoteMonitor monitor)
    {
        if (monitor.Address() is null)
            context.Add(context.Field(monitor, "root"), ViolationCodes.InvalidFormat, $"expected root and path to be an http or https address without a user name. Received: \"{monitor.Root}{monitor.Path}\".");
        foreach (var (name, value) in monitor.Headers ?? new Dictionary<string, string>())
        {
            if (RemoteMonitor.HeaderObjection(name, value) is { } objection)
                context.Add(context.Field(monitor, "headers"), ViolationCodes.InvalidFormat, objection);
        }
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
