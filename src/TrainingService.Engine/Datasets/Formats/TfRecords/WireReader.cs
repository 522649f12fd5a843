using System.Buffers.Binary;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>
/// Protocol Buffers' wire format, as far as <c>tf.train.Example</c> uses it, over bytes in memory: nothing is copied and no object is made per
/// value, which the generated classes do. <see cref="Ok"/> turns false at the first byte that does not fit.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next byte is.</summary>
    public int At { get; private set; }

    public readonly bool AtEnd => At == _bytes.Length;

    /// <summary>Whether everything so far could be read.</summary>
    public bool Ok { get; private set; } = true;

    /// <summary>Reads the next field's number and type.</summary>
    /// <returns>False at the end, and after a fault.</returns>
    public bool Next(out int field, out int type)
    {
        (field, type) = (0, 0);
        if (!Ok || AtEnd)
            return false;
        var tag = ReadVarint();
        (field, type) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        return Ok &= field > 0 && tag <= uint.MaxValue;
    }

    /// <summary>A number of 7 bits a byte, lowest first.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (At == _bytes.Length)
                break;
            var each = _bytes[At++];
            value |= (ulong)(each & 0x7f) << shift;
            if (each < 0x80)
                return value;
        }
        Ok = false;
        return 0;
    }

    public float ReadFloat()
    {
        var bytes = Take(sizeof(float));
        return bytes.Length == sizeof(float) ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : 0;
    }

    /// <summary>Bytes with their length before them.</summary>
    public ReadOnlySpan<byte> ReadDelimited()
    {
        var length = ReadVarint();
        return length <= int.MaxValue ? Take((int)length) : Fault();
    }

    /// <summary>Passes over a field that is not asked for.</summary>
    public void Skip(int type)
    {
        switch (type)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: Take(sizeof(ulong)); break;
            case Delimited: ReadDelimited(); break;
            case Fixed32: Take(sizeof(uint)); break;
            default: Fault(); break;
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (!Ok || length > _bytes.Length - At)
            return Fault();
        At += length;
        return _bytes.Slice(At - length, length);
    }

    private ReadOnlySpan<byte> Fault()
    {
        Ok = false;
        return default;
    }
}
