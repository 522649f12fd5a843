using System.Buffers.Binary;
using System.IO.Compression;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Reads IDX files (the format of MNIST), plain or gzipped: magic, sizes, big-endian values.</summary>
public static class IdxReader
{
    private const long LargestBytes = 1L << 40;

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="path">File; gzipped when it ends in <c>.gz</c>.</param>
    /// <param name="axes">Axes the file must have: 3 for images, 1 for labels.</param>
    /// <returns>A uint8 tensor of the file's shape.</returns>
    /// <exception cref="DatasetException">The file is missing, damaged, or of another kind.</exception>
    public static Tensor ReadBytes(string path, int axes)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            return Read(stream, path, axes);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{Path.GetFileName(path)} cannot be read: {broken.Message}", broken);
        }
    }

    private static Tensor Read(Stream stream, string path, int axes)
    {
        Span<byte> header = stackalloc byte[4 + 4 * axes];
        stream.ReadExactly(header);
        if (header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != axes)
            throw new DatasetException($"{Path.GetFileName(path)}: expected an IDX file of unsigned bytes with {axes} axes (magic 000008{axes:x2}). Received: {Convert.ToHexStringLower(header[..4])}.");
        var shape = new long[axes];
        Int128 length = 1;
        for (var axis = 0; axis < axes; axis++)
        {
            shape[axis] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * axis)..]);
            length *= shape[axis];
        }
        if (length > LargestBytes)
            throw new DatasetException($"{Path.GetFileName(path)}: {length} bytes are announced, more than {LargestBytes}.");
        return ReadValues(stream, path, shape);
    }

    /// <summary>Grows with what really comes: a header that lies about its size costs no memory.</summary>
    private static Tensor ReadValues(Stream stream, string path, long[] shape)
    {
        long length = shape.Aggregate(1L, (product, size) => product * size), done = 0;
        using var scope = NewDisposeScope();
        List<Tensor> parts = [];
        var buffer = new byte[(int)Math.Min(Math.Max(length, 1), 1 << 24)];
        while (done < length)
        {
            var wanted = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            var read = stream.ReadAtLeast(wanted, wanted.Length, throwOnEndOfStream: false);
            if (read == 0)
                throw new DatasetException($"{Path.GetFileName(path)}: {length} values of shape ({string.Join(", ", shape)}) are announced. Received: {done}.");
            parts.Add(tensor(buffer.AsMemory(0, read), [read], dtype: uint8));
            done += read;
        }
        if (stream.ReadByte() >= 0)
            throw new DatasetException($"{Path.GetFileName(path)}: expected {length} values of shape ({string.Join(", ", shape)}). Received: more.");
        var all = parts.Count == 0 ? zeros(0, uint8) : parts.Count == 1 ? parts[0] : cat(parts);
        return all.view(shape).MoveToOuterDisposeScope();
    }
}
