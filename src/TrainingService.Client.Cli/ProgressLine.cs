using TrainingService.Contracts.Events;

namespace TrainingService.Client.Cli;

/// <summary>The live line inside an epoch.</summary>
internal static class ProgressLine
{
    private const int BarColumns = 24;

    public static string Text(ProgressEvent progress)
    {
        var done = progress.Steps > 0 ? Math.Clamp((double)progress.Step / progress.Steps, 0, 1) : 0;
        var filled = (int)(done * BarColumns);
        var bar = new string('━', filled) + new string('─', BarColumns - filled);
        var figures = string.Concat(progress.Logs.Select(log => $"  {log.Key} {EpochTable.Figure(log.Key, progress.Logs, null)}"));
        var eta = progress.EtaSeconds is { } seconds ? $"  eta {Duration(TimeSpan.FromSeconds(seconds))}" : "";
        return $"{progress.Epoch + "/" + progress.Epochs,8} {bar} {progress.Step}/{progress.Steps}{figures}  {progress.SamplesPerSecond:N0} rows/s{eta}";
    }

    public static string Duration(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";
}
