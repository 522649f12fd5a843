using MudBlazor;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Dashboard.Shell;

/// <summary>Figures, times and words as people read them.</summary>
internal static class Format
{
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Four decimals; very small figures with an exponent; a figure that is missing as its name (nan) or a dash.</summary>
    public static string Figure(double? value, string? nonFinite = null) => value switch
    {
        null => nonFinite ?? "–",
        { } small when small != 0 && Math.Abs(small) < 0.0001 => small.ToString("0.##e+0"),
        { } figure => figure.ToString("0.0000"),
    };

    public static string Bytes(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1000 && unit < s_units.Length - 1; unit++)
            size /= 1000;
        return unit == 0 ? $"{bytes} B" : $"{size.ToString(size < 10 ? "0.0" : "0")} {s_units[unit]}";
    }

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalMinutes: < 1 } => $"{time.TotalSeconds:0}s",
        { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds:00}s",
        { TotalDays: < 1 } => $"{time.Hours}h {time.Minutes:00}m",
        _ => $"{(int)time.TotalDays}d {time.Hours}h",
    };

    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 10 } => "just now",
        { TotalDays: < 7 } age => $"{Rough(age)} ago",
        _ => at.ToLocalTime().ToString("d MMM yyyy"),
    };

    public static string Instant(DateTimeOffset at) => at.ToLocalTime().ToString("d MMM yyyy, HH:mm:ss");

    /// <summary><c>early_stopping</c> → <c>early stopping</c>.</summary>
    public static string Words<T>(T value) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}").Replace('_', ' ');

    public static string Icon(JobStatus status) => status switch
    {
        JobStatus.Queued => Icons.Material.Outlined.Schedule,
        JobStatus.Running => Icons.Material.Outlined.PlayCircle,
        JobStatus.Paused => Icons.Material.Outlined.PauseCircle,
        JobStatus.Succeeded => Icons.Material.Outlined.CheckCircle,
        JobStatus.Failed => Icons.Material.Outlined.ErrorOutline,
        _ => Icons.Material.Outlined.Block,
    };

    private static string Rough(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => $"{age.TotalSeconds:0} s",
        { TotalHours: < 1 } => $"{age.TotalMinutes:0} min",
        { TotalDays: < 1 } => $"{age.TotalHours:0} h",
        _ => $"{age.TotalDays:0} d",
    };
}
