namespace TrainingService.Engine.Random;

/// <summary>Steele, Lea and Flood's SplitMix64 (2014): small, fast, and the same on every machine and .NET version.</summary>
/// <param name="seed">Any number.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below 1, in steps of 2⁻⁵³.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>A number from 0 to below the bound, without bias (Lemire, 2019).</summary>
    public long Below(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var high = Math.BigMul(Next(), (ulong)bound, out var low);
        if (low < (ulong)bound)
        {
            var threshold = (0 - (ulong)bound) % (ulong)bound;
            while (low < threshold)
                high = Math.BigMul(Next(), (ulong)bound, out low);
        }
        return (long)high;
    }
}
