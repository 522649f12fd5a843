using System.Globalization;

namespace TrainingService.Benchmarks;

/// <summary>One line per figure.</summary>
internal static class Report
{
    /// <summary>A figure beside what it is compared with; the ratio is above 1 when the subject is larger.</summary>
    public static void Line(string name, double value, double baseline, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"benchmark {name} {value:0.##} {unit} ({baseline:0.##} {unit}, ratio {value / baseline:0.000})"));

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The smallest value that <paramref name="percent"/> of all values do not exceed; of fewer than 100 values the 99th is the largest.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double percent) =>
        values.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(values.Count * percent / 100) - 1));

    /// <summary>The p50 and the p99 of times in milliseconds, each beside the same percentile of the baseline.</summary>
    public static void Latency(string name, IReadOnlyCollection<double> values, IReadOnlyCollection<double> baseline)
    {
        foreach (var percent in (ReadOnlySpan<int>)[50, 99])
            Line($"{name}_p{percent}", Percentile(values, percent), Percentile(baseline, percent), "ms");
    }
}
