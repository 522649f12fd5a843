using System.Diagnostics;
using System.Globalization;
using TrainingService.Contracts.Datasets;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>How an inspect process is started: it opens what strangers sent, and is told nothing that it does not need.</summary>
internal static class InspectStart
{
    /// <summary>Of this process's environment only what the runtime and the system's libraries need: no setting, and no secret that others put there.</summary>
    private static readonly string[] _kept = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH"];

    private static readonly string[] _keptBeginnings = ["DOTNET_", "LC_"];

    public static ProcessStartInfo Of(DatasetReference dataset, string planPath, IngestLimits limits, WorkerOptions options)
    {
        var start = ChildProcess.Verb("inspect", planPath, options.InspectProgram);
        foreach (var name in start.Environment.Keys.Where(name => !_kept.Contains(name) && !_keptBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))).ToList())
            start.Environment.Remove(name);
        // For an operator who looks at the processes.
        start.Environment["TRAINING_DATASET"] = dataset.ToString();
        // The collector has to know the limit, or it would let garbage lie until the system refuses; an eighth is for what is not the collector's.
        start.Environment["DOTNET_GCHeapHardLimit"] = (limits.MemoryBytes / 8 * 7).ToString("x", CultureInfo.InvariantCulture);
        return start;
    }
}
