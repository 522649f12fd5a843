using System.Numerics;

namespace TrainingService.Engine.Datasets;

/// <summary>A yes or no for every row.</summary>
/// <param name="rows">How many.</param>
internal sealed class RowBits(long rows)
{
    private readonly ulong[] _bits = new ulong[(rows + 63) / 64];

    public bool this[long row]
    {
        get => (_bits[row >> 6] >> (int)(row & 63) & 1) != 0;
        set
        {
            if (value)
                _bits[row >> 6] |= 1UL << (int)(row & 63);
            else
                _bits[row >> 6] &= ~(1UL << (int)(row & 63));
        }
    }

    /// <summary>How many rows say yes.</summary>
    public long Count => _bits.Sum(bits => (long)BitOperations.PopCount(bits));
}
