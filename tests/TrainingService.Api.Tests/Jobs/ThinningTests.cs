using TrainingService.Api.Jobs;

namespace TrainingService.Api.Tests.Jobs;

public sealed class ThinningTests
{
    private const int Limit = 100;

    [Fact]
    public void What_fits_stays_as_it_is()
    {
        var points = Series(Limit, x => x * 0.5);
        Assert.Equal(points, Thin(points).Points);
    }

    [Fact]
    public void A_longer_line_keeps_its_first_its_last_and_every_peak()
    {
        var random = new Random(7);
        var points = Series(1_000_000, x => x switch { 123_456 => 50.0, 654_321 => -50.0, _ => random.NextDouble() });

        var thin = Thin(points);
        var kept = thin.Points.ToList();

        Assert.Equal(1_000_000, thin.Total);
        Assert.InRange(kept.Count, Limit / 4, Limit);
        Assert.Equal((points[0], points[^1]), (kept[0], kept[^1]));
        Assert.Contains(points[123_456], kept);
        Assert.Contains(points[654_321], kept);
        Assert.Equal(kept.OrderBy(point => point.Row.X), kept);
        Assert.Equal(kept.Count, kept.Distinct().Count());
    }

    [Fact]
    public void The_first_value_that_is_not_finite_stays_beside_the_extremes()
    {
        var points = Series(10_000, x => x is 5_000 or 5_001 ? null : Math.Sin(x));
        Assert.Contains(points[5_000], Thin(points).Points);
    }

    [Fact]
    public void Two_lines_that_are_drawn_together_keep_the_peaks_of_both()
    {
        var points = Series(10_000, x => x == 3_333 ? 9 : 0).Select(point => point with { Second = point.Row.X == 6_666 ? -9 : 1 }).ToList();
        var kept = Thin(points).Points.ToList();
        Assert.Contains(points[3_333], kept);
        Assert.Contains(points[6_666], kept);
        Assert.InRange(kept.Count, 10, Limit);
    }

    /// <summary>Every stretch's extremes are there: between two neighbours that stay, nothing is outside what stays around it.</summary>
    [Theory, InlineData(101), InlineData(777), InlineData(5_000)]
    public void No_value_lies_outside_what_stays_around_it(int count)
    {
        var random = new Random(count);
        var points = Series(count, _ => random.NextDouble());
        var kept = Thin(points).Points.ToList();
        Assert.Equal(points.Max(point => point.First), kept.Max(point => point.First));
        Assert.Equal(points.Min(point => point.First), kept.Min(point => point.First));
        // A window of two stretches' length holds at least one whole stretch.
        var window = 2 * (count / (kept.Count / 4) + 1) * 2;
        for (var start = 0; start + window <= count; start += window)
        {
            var inside = kept.Where(point => point.Row.X >= start && point.Row.X < start + window).ToList();
            Assert.NotEmpty(inside);
        }
    }

    private static Thinning Thin(IEnumerable<Point> points)
    {
        var thin = new Thinning(Limit);
        foreach (var point in points)
            thin.Add(point);
        return thin;
    }

    private static List<Point> Series(int count, Func<int, double?> value) =>
        [.. Enumerable.Range(0, count).Select(x => new Point(new MetricRow(x, 1, 1, x, 0, new Dictionary<string, double?>(), null), value(x)))];
}
