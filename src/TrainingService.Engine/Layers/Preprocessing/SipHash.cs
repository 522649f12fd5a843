using System.Buffers.Binary;
using System.Numerics;

namespace TrainingService.Engine.Layers;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): what Keras's Hashing and lookups use with a salt.</summary>
public static class SipHash
{
    /// <summary>The hash of some bytes under a key of two numbers.</summary>
    public static ulong Hash64(ReadOnlySpan<byte> bytes, ulong key0, ulong key1)
    {
        var v0 = key0 ^ 0x736f6d6570736575;
        var v1 = key1 ^ 0x646f72616e646f6d;
        var v2 = key0 ^ 0x6c7967656e657261;
        var v3 = key1 ^ 0x7465646279746573;
        var rest = bytes;
        for (; rest.Length >= 8; rest = rest[8..])
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        Span<byte> last = stackalloc byte[8];
        last.Clear();
        rest.CopyTo(last);
        last[7] = (byte)bytes.Length;
        Absorb(BinaryPrimitives.ReadUInt64LittleEndian(last));
        v2 ^= 0xff;
        for (var round = 0; round < 4; round++)
            Round();
        return v0 ^ v1 ^ v2 ^ v3;

        void Absorb(ulong word)
        {
            v3 ^= word;
            Round();
            Round();
            v0 ^= word;
        }

        void Round()
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
