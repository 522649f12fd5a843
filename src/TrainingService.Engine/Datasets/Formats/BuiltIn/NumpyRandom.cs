using System.Numerics;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>
/// <c>numpy.random.RandomState</c>, as far as Keras orders and splits its data sets by it: Mersenne Twister MT19937 (Matsumoto and Nishimura 1998),
/// numbers up to a bound by masking and drawing again, exchanges from the end.
/// </summary>
internal sealed class NumpyRandom
{
    private const int Words = 624, Middle = 397;

    private readonly uint[] _state = new uint[Words];
    private int _at = Words;

    public NumpyRandom(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Words; i++)
            _state[i] = 1_812_433_253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    /// <summary>The numbers below a count as <c>shuffle(arange(count))</c> orders them.</summary>
    public int[] Order(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (var i = count - 1; i > 0; i--)
        {
            var other = UpTo((uint)i);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    private uint UpTo(uint bound)
    {
        var mask = uint.MaxValue >> BitOperations.LeadingZeroCount(bound);
        uint drawn;
        while ((drawn = Next() & mask) > bound)
        {
        }
        return drawn;
    }

    private uint Next()
    {
        if (_at == Words)
        {
            for (var i = 0; i < Words; i++)
            {
                var word = (_state[i] & 0x8000_0000) | (_state[(i + 1) % Words] & 0x7fff_ffff);
                _state[i] = _state[(i + Middle) % Words] ^ (word >> 1) ^ ((word & 1) * 0x9908_b0df);
            }
            _at = 0;
        }
        var drawn = _state[_at++];
        drawn ^= drawn >> 11;
        drawn ^= (drawn << 7) & 0x9d2c_5680;
        drawn ^= (drawn << 15) & 0xefc6_0000;
        return drawn ^ (drawn >> 18);
    }
}
