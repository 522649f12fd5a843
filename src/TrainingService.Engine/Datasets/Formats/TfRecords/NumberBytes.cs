using System.Numerics;
using System.Runtime.InteropServices;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>Numbers as the little-endian bytes of a column's type.</summary>
internal static class NumberBytes
{
    public static void Write(float value, string dtype, Span<byte> target)
    {
        switch (dtype)
        {
            case "float16": MemoryMarshal.Write(target, (Half)value); break;
            case "float64": MemoryMarshal.Write(target, (double)value); break;
            default: MemoryMarshal.Write(target, value); break;
        }
    }

    /// <returns>False when the type cannot hold the number.</returns>
    public static bool TryWrite(long value, string dtype, Span<byte> target) => dtype switch
    {
        "bool" => value is 0 or 1 && Put((byte)value, target),
        "int8" => Fits<sbyte>(value, target),
        "int16" => Fits<short>(value, target),
        "int32" => Fits<int>(value, target),
        "int64" => Put(value, target),
        "uint8" => Fits<byte>(value, target),
        "uint16" => Fits<ushort>(value, target),
        "uint32" => Fits<uint>(value, target),
        "uint64" => Fits<ulong>(value, target),
        "float16" => Put((Half)value, target),
        "float32" => Put((float)value, target),
        "float64" => Put((double)value, target),
        _ => false,
    };

    private static bool Fits<T>(long value, Span<byte> target)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var number = T.CreateTruncating(value);
        return long.CreateSaturating(number) == value && (value >= 0 || T.IsNegative(T.MinValue)) && Put(number, target);
    }

    private static bool Put<T>(T value, Span<byte> target)
        where T : unmanaged
    {
        MemoryMarshal.Write(target, value);
        return true;
    }
}
