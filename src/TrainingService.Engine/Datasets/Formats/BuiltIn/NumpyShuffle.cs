namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>
/// The order that <c>numpy.random.RandomState(seed).shuffle(arange(n))</c> gives, by which Keras orders and splits some of its data sets: Mersenne
/// Twister MT19937 (Matsumoto and Nishimura 1998), numbers up to a bound by masking and drawing again, exchanges from the end.
/// </summary>
internal static class NumpyShuffle
{
    private const int Words = 624, Middle = 397;

    /// <summary>Row numbers in their new order.</summary>
    public static int[] Order(int count, uint seed)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var state = Seeded(seed);
        var at = Words;
        for (var i = count - 1; i > 0; i--)
        {
            var other = UpTo((uint)i, state, ref at);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    private static uint UpTo(uint bound, uint[] state, ref int at)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(bound);
        while (true)
        {
            if (Next(state, ref at) is var drawn && (drawn & mask) <= bound)
                return drawn & mask;
        }
    }

    private static uint[] Seeded(uint seed)
    {
        var state = new uint[Words];
        state[0] = seed;
        for (var i = 1; i < Words; i++)
            state[i] = 1_812_433_253 * (state[i - 1] ^ (state[i - 1] >> 30)) + (uint)i;
        return state;
    }

    private static uint Next(uint[] state, ref int at)
    {
        if (at == Words)
        {
            for (var i = 0; i < Words; i++)
            {
                var word = (state[i] & 0x8000_0000) | (state[(i + 1) % Words] & 0x7fff_ffff);
                state[i] = state[(i + Middle) % Words] ^ (word >> 1) ^ ((word & 1) * 0x9908_b0df);
            }
            at = 0;
        }
        var drawn = state[at++];
        drawn ^= drawn >> 11;
        drawn ^= (drawn << 7) & 0x9d2c_5680;
        drawn ^= (drawn << 15) & 0xefc6_0000;
        return drawn ^ (drawn >> 18);
    }
}
