using System.Buffers.Binary;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>The header of an IDX file: two zeros, a type, the number of axes, their sizes; big-endian.</summary>
internal static class IdxHeader
{
    private static readonly Dictionary<byte, string> Dtypes = new()
    {
        [0x08] = "uint8",
        [0x09] = "int8",
        [0x0b] = "int16",
        [0x0c] = "int32",
        [0x0d] = "float32",
        [0x0e] = "float64",
    };

    public static ArrayHeader Read(Stream stream, string file)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        if (read < 4 || magic[0] != 0 || magic[1] != 0 || !Dtypes.TryGetValue(magic[2], out var dtype) || magic[3] is 0 or > 8)
            throw new IngestException(DatasetErrorCodes.BadHeader, $"expected an IDX file: 0000, a type (08, 09, 0b, 0c, 0d, 0e) and 01 to 08 axes. Received: {Convert.ToHexStringLower(magic[..read])}.", file);
        Span<byte> sizes = stackalloc byte[4 * magic[3]];
        read = stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false);
        if (read < sizes.Length)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected the sizes of {magic[3]} axes. Received: {read} of {sizes.Length} bytes.", file);
        var shape = new long[magic[3]];
        for (var axis = 0; axis < shape.Length; axis++)
            shape[axis] = BinaryPrimitives.ReadUInt32BigEndian(sizes[(4 * axis)..]);
        return new ArrayHeader(dtype, shape, BigEndian: true).Checked(file);
    }
}
