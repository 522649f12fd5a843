using TrainingService.Dashboard.Jobs;

namespace TrainingService.Dashboard.Charts;

/// <summary>One figure's curves, as <c>js/charts.js</c> draws them: pairs of epoch and value.</summary>
/// <param name="Name">The figure: <c>loss</c>.</param>
/// <param name="Training">A point per epoch.</param>
/// <param name="Validation">A point per epoch with validation.</param>
/// <param name="Running">Running means inside the epochs.</param>
/// <param name="First">Left end of the axis.</param>
/// <param name="Last">Right end of the axis, so that a running job's curve grows into free space only as far as it has come.</param>
public sealed record CurveData(string Name, double?[][] Training, double?[][] Validation, double?[][] Running, int First, int Last)
{
    public static CurveData Of(JobView view, string name, int epochs)
    {
        var done = view.Epochs.Count > 0 ? view.Epochs[^1].Epoch : 0;
        var running = view.Running.Where(point => point.Logs.ContainsKey(name)).Select(point => new[] { point.At, point.Logs[name] }).ToArray();
        // Until there are epochs to connect, the running mean is the curve and starts at zero.
        return new CurveData(name, Points(view, name), Points(view, "val_" + name), running,
            First: Math.Min(running.Length > 0 ? (int)Math.Floor(running[0][0]!.Value) : 1, Math.Min(1, done)),
            Last: view.IsTerminal ? Math.Max(done, 1) : Math.Clamp(Math.Max(done + 1, 5), 1, Math.Max(epochs, 1)));
    }

    private static double?[][] Points(JobView view, string name) =>
        [.. view.Epochs.Where(epoch => epoch.Logs.ContainsKey(name)).Select(epoch => new[] { epoch.Epoch, epoch.Logs[name] })];
}
