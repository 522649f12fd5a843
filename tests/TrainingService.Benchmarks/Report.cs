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
}
