using TrainingService.Contracts.Initializers;

namespace TrainingService.Engine.Initializers;

/// <summary>Windows of a frame, as SciPy computes them.</summary>
public static class Windows
{
    /// <summary>The window's values.</summary>
    /// <param name="window">Which.</param>
    /// <param name="length">How many.</param>
    /// <param name="periodic">One period of a longer signal; otherwise symmetric.</param>
    public static double[] Create(StftWindow window, int length, bool periodic)
    {
        if (length <= 1)
            return [.. Enumerable.Repeat(1.0, length)];
        var points = periodic ? length + 1 : length;
        return [.. Enumerable.Range(0, points).Select(index => Value(window, index, points)).Take(length)];
    }

    /// <summary>Value at a point of a symmetric window.</summary>
    private static double Value(StftWindow window, int index, int points)
    {
        var turn = (double)index / (points - 1); // 0 … 1
        var side = 2 * turn - 1; // -1 … 1
        return window switch
        {
            StftWindow.Boxcar => 1,
            StftWindow.Triang => Triangle(index, points),
            StftWindow.Bartlett => 1 - Math.Abs(side),
            StftWindow.Hann => Cosines(side, 0.5, 0.5),
            StftWindow.Hamming => Cosines(side, 0.54, 0.46),
            StftWindow.Blackman => Cosines(side, 0.42, 0.50, 0.08),
            StftWindow.Blackmanharris => Cosines(side, 0.35875, 0.48829, 0.14128, 0.01168),
            StftWindow.Nuttall => Cosines(side, 0.3635819, 0.4891775, 0.1365995, 0.0106411),
            StftWindow.Flattop => Cosines(side, 0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
            StftWindow.Cosine => Math.Sin(Math.PI / points * (index + 0.5)),
            StftWindow.Bohman => index == 0 || index == points - 1 ? 0 : Bohman(Math.Abs(side)),
            StftWindow.Barthann => 0.62 - 0.48 * Math.Abs(turn - 0.5) + 0.38 * Math.Cos(2 * Math.PI * (turn - 0.5)),
            StftWindow.Parzen => Parzen(index - (points - 1) / 2.0, points),
            StftWindow.Lanczos => side == 0 ? 1 : Math.Sin(Math.PI * side) / (Math.PI * side),
            _ => throw new NotSupportedException($"No function computes the window {window}."),
        };
    }

    /// <summary><c>Σ aₖ cos(kπ·side)</c>.</summary>
    private static double Cosines(double side, params ReadOnlySpan<double> factors)
    {
        var sum = 0.0;
        for (var k = 0; k < factors.Length; k++)
            sum += factors[k] * Math.Cos(k * Math.PI * side);
        return sum;
    }

    private static double Triangle(int index, int points)
    {
        var from = Math.Min(index, points - 1 - index) + 1; // 1-based distance from the nearer end
        return points % 2 == 0 ? (2 * from - 1.0) / points : 2 * from / (points + 1.0);
    }

    private static double Bohman(double distance) => (1 - distance) * Math.Cos(Math.PI * distance) + Math.Sin(Math.PI * distance) / Math.PI;

    private static double Parzen(double place, int points)
    {
        var ratio = Math.Abs(place) / (points / 2.0);
        return Math.Abs(place) <= (points - 1) / 4.0 ? 1 - 6 * ratio * ratio + 6 * Math.Pow(ratio, 3) : 2 * Math.Pow(1 - ratio, 3);
    }
}
