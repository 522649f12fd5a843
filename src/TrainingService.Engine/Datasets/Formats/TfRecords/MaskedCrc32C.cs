using System.Buffers.Binary;
using System.Numerics;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>TFRecord's checksum: CRC-32C, rotated and shifted, because a checksum of data that holds checksums is weak.</summary>
internal static class MaskedCrc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var each in bytes)
            crc = BitOperations.Crc32C(crc, each);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
