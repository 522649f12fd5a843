using System.Buffers.Binary;
using System.IO.Compression;

namespace TrainingService.Domain.Datasets;

/// <summary>The head of a gzip-packed IDX file of unsigned bytes.</summary>
/// <param name="Dims">Sizes from the outermost axis, the rows.</param>
internal sealed record IdxFile(string Path, IReadOnlyList<int> Dims)
{
    private const int MaxRank = 4;
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads the head and compares the length that gzip's trailer gives, without unpacking the rows.</summary>
    public static IdxFile Read(string path)
    {
        using var file = File.OpenRead(path);
        var dims = ReadDims(file, path);
        var expected = 4 + 4L * dims.Length + dims.Aggregate(1L, (product, dim) => product * dim);
        var trailer = new byte[4];
        file.Seek(-4, SeekOrigin.End);
        file.ReadExactly(trailer);
        var unpacked = BinaryPrimitives.ReadUInt32LittleEndian(trailer); // of the length, its last 32 bits
        return unpacked == (uint)expected
            ? new IdxFile(path, dims)
            : throw new InvalidDataException($"{path}: expected {expected} bytes of IDX. Received: {unpacked}");
    }

    /// <summary>The bytes after the head.</summary>
    public byte[] ReadValues()
    {
        using var unpacked = new GZipStream(File.OpenRead(Path), CompressionMode.Decompress);
        unpacked.ReadExactly(new byte[4 + 4 * Dims.Count]);
        var values = new byte[Dims.Aggregate(1, (product, dim) => checked(product * dim))];
        unpacked.ReadExactly(values);
        return values;
    }

    private static int[] ReadDims(Stream file, string path)
    {
        using var unpacked = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var head = new byte[4];
        unpacked.ReadExactly(head);
        if (head is not [0, 0, UnsignedByte, >= 1 and <= MaxRank])
            throw new InvalidDataException($"{path}: expected an IDX file of unsigned bytes. Received: {Convert.ToHexStringLower(head)}");
        var sizes = new byte[4 * head[3]];
        unpacked.ReadExactly(sizes);
        return [.. sizes.Chunk(4).Select(size => BinaryPrimitives.ReadInt32BigEndian(size))];
    }
}
