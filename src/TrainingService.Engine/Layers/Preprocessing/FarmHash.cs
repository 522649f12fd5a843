using System.Buffers.Binary;
using System.Numerics;

namespace TrainingService.Engine.Layers;

/// <summary>FarmHash's <c>Fingerprint64</c> (Pike, 2014), which never changes: what Keras's Hashing and lookups use without a salt.</summary>
public static class FarmHash
{
    private const ulong K0 = 0xc3a5c85c97cb3127, K1 = 0xb492b66fbe98f273, K2 = 0x9ae16a3b2f90404f;

    /// <summary>The fingerprint of some bytes.</summary>
    public static ulong Fingerprint64(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => K2,
        <= 3 => UpTo3(bytes),
        <= 16 => UpTo16(bytes),
        <= 32 => UpTo32(bytes),
        <= 64 => UpTo64(bytes),
        _ => Long(bytes),
    };

    /// <summary>A fingerprint of two fingerprints, as TensorFlow combines them.</summary>
    public static ulong Combine(ulong first, ulong second)
    {
        const ulong factor = 0xc6a4a7935bd1e995;
        var result = first ^ factor;
        result ^= ShiftMix(second * factor) * factor;
        result *= factor;
        return ShiftMix(ShiftMix(result) * factor);
    }

    private static ulong UpTo3(ReadOnlySpan<byte> s)
    {
        var y = s[0] + ((uint)s[s.Length >> 1] << 8);
        var z = (uint)s.Length + ((uint)s[^1] << 2);
        return ShiftMix(y * K2 ^ z * K0) * K2;
    }

    private static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        var factor = K2 + (ulong)s.Length * 2;
        if (s.Length < 8)
            return Mix((ulong)s.Length + ((ulong)Word32(s) << 3), Word32(s[^4..]), factor);
        var (a, b) = (Word(s, 0) + K2, Word(s, s.Length - 8));
        return Mix(Right(b, 37) * factor + a, (Right(a, 25) + b) * factor, factor);
    }

    private static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        var factor = K2 + (ulong)s.Length * 2;
        var (a, b) = (Word(s, 0) * K1, Word(s, 8));
        var (c, d) = (Word(s, s.Length - 8) * factor, Word(s, s.Length - 16) * K2);
        return Mix(Right(a + b, 43) + Right(c, 30) + d, a + Right(b + K2, 18) + c, factor);
    }

    private static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        var factor = K2 + (ulong)s.Length * 2;
        var (a, b) = (Word(s, 0) * K2, Word(s, 8));
        var (c, d) = (Word(s, s.Length - 8) * factor, Word(s, s.Length - 16) * K2);
        var y = Right(a + b, 43) + Right(c, 30) + d;
        var z = Mix(y, a + Right(b + K2, 18) + c, factor);
        var (e, f) = (Word(s, 16) * factor, Word(s, 24));
        var (g, h) = ((y + Word(s, s.Length - 32)) * factor, (z + Word(s, s.Length - 24)) * factor);
        return Mix(Right(e + f, 43) + Right(g, 30) + h, e + Right(f + a, 18) + g, factor);
    }

    private static ulong Long(ReadOnlySpan<byte> s)
    {
        var seed = 81UL;
        var (x, y) = (seed * K2 + Word(s, 0), seed * K1 + 113);
        var z = ShiftMix(y * K2 + 113) * K2;
        (ulong First, ulong Second) v = (0, 0), w = (0, 0);
        var end = (s.Length - 1) / 64 * 64;
        for (var at = 0; at < end; at += 64)
        {
            x = Right(x + y + v.First + Word(s, at + 8), 37) * K1;
            y = Right(y + v.Second + Word(s, at + 48), 42) * K1;
            x ^= w.Second;
            y += v.First + Word(s, at + 40);
            z = Right(z + w.First, 33) * K1;
            v = Weak(s, at, v.Second * K1, x + w.First);
            w = Weak(s, at + 32, z + w.Second, y + Word(s, at + 16));
            (z, x) = (x, z);
        }
        var factor = K1 + ((z & 0xff) << 1);
        var last = s.Length - 64;
        w.First += (ulong)((s.Length - 1) & 63);
        v.First += w.First;
        w.First += v.First;
        x = Right(x + y + v.First + Word(s, last + 8), 37) * factor;
        y = Right(y + v.Second + Word(s, last + 48), 42) * factor;
        x ^= w.Second * 9;
        y += v.First * 9 + Word(s, last + 40);
        z = Right(z + w.First, 33) * factor;
        v = Weak(s, last, v.Second * factor, x + w.First);
        w = Weak(s, last + 32, z + w.Second, y + Word(s, last + 16));
        (z, x) = (x, z);
        return Mix(Mix(v.First, w.First, factor) + ShiftMix(y) * K0 + z, Mix(v.Second, w.Second, factor) + x, factor);
    }

    private static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> s, int at, ulong a, ulong b)
    {
        a += Word(s, at);
        b = Right(b + a + Word(s, at + 24), 21);
        var start = a;
        a += Word(s, at + 8) + Word(s, at + 16);
        b += Right(a, 44);
        return (a + Word(s, at + 24), b + start);
    }

    private static ulong Mix(ulong u, ulong v, ulong factor)
    {
        var a = (u ^ v) * factor;
        a ^= a >> 47;
        var b = (v ^ a) * factor;
        b ^= b >> 47;
        return b * factor;
    }

    private static ulong ShiftMix(ulong value) => value ^ (value >> 47);

    private static ulong Right(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    private static ulong Word(ReadOnlySpan<byte> s, int at) => BinaryPrimitives.ReadUInt64LittleEndian(s[at..]);

    private static uint Word32(ReadOnlySpan<byte> s) => BinaryPrimitives.ReadUInt32LittleEndian(s);
}
