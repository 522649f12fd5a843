using System.Numerics;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Count, mean, variance, smallest and largest of numbers, gathered in pieces that are merged (Chan, Golub, LeVeque 1979).</summary>
internal sealed class Moments
{
    private double _mean, _squares; // Σ x / n, Σ (x − mean)²

    public long Count { get; private set; }

    /// <summary>Values that are no numbers.</summary>
    public long Missing { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>NaN when there is no value.</summary>
    public double Mean => Count == 0 ? double.NaN : _mean;

    /// <summary>Of all values: divided by their number. NaN when there is no value.</summary>
    public double StandardDeviation => Math.Sqrt(_squares / Count);

    /// <summary>Adds every <paramref name="stride"/>-th value from <paramref name="first"/> on.</summary>
    public void Add<T>(ReadOnlySpan<T> values, int first = 0, int stride = 1)
        where T : unmanaged, INumber<T>
    {
        long count = 0, missing = 0;
        double sum = 0, min = Min, max = Max;
        for (var i = first; i < values.Length; i += stride)
        {
            var value = double.CreateTruncating(values[i]);
            if (double.IsNaN(value))
            {
                missing++;
                continue;
            }
            count++;
            sum += value;
            min = value < min ? value : min;
            max = value > max ? value : max;
        }
        (Min, Max) = (min, max);
        Missing += missing;
        if (count == 0)
            return;
        double mean = sum / count, squares = 0;
        for (var i = first; i < values.Length; i += stride)
        {
            var distance = double.CreateTruncating(values[i]) - mean;
            squares += double.IsNaN(distance) ? 0 : distance * distance;
        }
        Merge(count, mean, squares);
    }

    public void Merge(Moments other)
    {
        Missing += other.Missing;
        if (other.Count == 0)
            return;
        (Min, Max) = (Math.Min(Min, other.Min), Math.Max(Max, other.Max));
        Merge(other.Count, other._mean, other._squares);
    }

    private void Merge(long count, double mean, double squares)
    {
        var all = Count + count;
        var distance = mean - _mean;
        _squares += squares + distance * distance * Count / all * count;
        _mean += distance * count / all;
        Count = all;
    }
}
