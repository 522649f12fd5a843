namespace TrainingService.Engine.Layers;

/// <summary>Quantiles of a stream with bounded memory, as Keras's Discretization counts them: sorted values with weights, merged and thinned.</summary>
/// <param name="epsilon">Share of the weight that one entry may stand for.</param>
public sealed class QuantileSketch(double epsilon)
{
    private float[] _values = [];
    private float[] _weights = [];

    /// <summary>Adds a batch.</summary>
    public void Add(float[] batch)
    {
        var sorted = batch.Order().ToArray();
        var step = Math.Max(sorted.Length / (1.0 / epsilon), 1);
        List<float> values = [.. _values];
        List<float> weights = [.. _weights];
        for (var index = (int)(step - 1); index < sorted.Length; index += (int)step)
        {
            values.Add(sorted[index]);
            weights.Add((float)step);
        }
        var order = Enumerable.Range(0, values.Count).OrderBy(index => values[index]).ToArray();
        (_values, _weights) = Compress([.. order.Select(index => values[index])], [.. order.Select(index => weights[index])], epsilon);
    }

    /// <summary>Boundaries between bins of about the same weight: one fewer than bins.</summary>
    public float[] Boundaries(int bins) => Compress(_values, _weights, 1.0 / bins).Values[..^1];

    /// <summary>Brings entries to about <c>1 / epsilon</c> of them, by linear interpolation of the distribution.</summary>
    private static (float[] Values, float[] Weights) Compress(float[] values, float[] weights, double epsilon)
    {
        if (values.Length * epsilon < 1)
            return (values, weights);
        var sums = new double[values.Length];
        var sum = 0f;
        for (var i = 0; i < values.Length; i++)
            sums[i] = sum += weights[i];
        var shares = sums.Select(each => (double)((float)each / sum)).ToArray();
        var count = (int)Math.Ceiling(1 / epsilon);
        var (newValues, newWeights) = (new float[count], new float[count]);
        var before = 0.0;
        for (var i = 0; i < count; i++)
        {
            var share = epsilon + i * epsilon;
            newValues[i] = (float)Interpolate(share, shares, index => values[index]);
            var reached = Interpolate(share, shares, index => sums[index]);
            (newWeights[i], before) = ((float)(reached - before), reached);
        }
        return (newValues, newWeights);
    }

    private static double Interpolate(double at, double[] xs, Func<int, double> y)
    {
        if (at <= xs[0])
            return y(0);
        if (at >= xs[^1])
            return y(xs.Length - 1);
        var found = Array.BinarySearch(xs, at);
        // The last of equal entries, as NumPy takes it.
        while (found >= 0 && found + 1 < xs.Length && xs[found + 1] == at)
            found++;
        var left = found >= 0 ? found : ~found - 1;
        return y(left) + (y(left + 1) - y(left)) / (xs[left + 1] - xs[left]) * (at - xs[left]);
    }
}
