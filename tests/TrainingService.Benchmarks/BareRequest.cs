using System.Diagnostics;

namespace TrainingService.Benchmarks;

/// <summary>The floor of everything that asks the service: one GET that touches no database.</summary>
internal static class BareRequest
{
    /// <returns>Milliseconds of a round trip.</returns>
    public static async Task<double> MeasureAsync(HttpClient http, CancellationToken ct = default)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await http.GetAsync("healthz/live", ct);
        answer.EnsureSuccessStatusCode();
        return watch.Elapsed.TotalMilliseconds;
    }
}
