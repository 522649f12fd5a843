using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>A zip archive from outside: its directory is checked when it is opened, and what an entry unpacks to is compared to it. Nothing is unpacked to disk; any thread may read.</summary>
internal sealed class CheckedZip : IDisposable
{
    private const uint LocalSignature = 0x04034b50;

    private readonly SafeFileHandle _file;
    private readonly string _name;

    /// <param name="path">Where it lies.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limits">Default: <see cref="ArchiveLimits.Default"/>.</param>
    /// <exception cref="IngestException">It is damaged, or holds what may not come in.</exception>
    public CheckedZip(string path, string name, ArchiveLimits? limits = null)
    {
        (_file, _name) = (File.OpenHandle(path, options: FileOptions.RandomAccess), name);
        try
        {
            Entries = new ZipDirectory(_file, name, limits ?? ArchiveLimits.Default).Read();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Its files, in the directory's order.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    /// <summary>Unpacks a file into memory.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="most">Bytes it may have.</param>
    /// <returns>A rented array and how much of it is the file's; give it back by <see cref="ArrayPool{T}.Shared"/>.</returns>
    /// <exception cref="IngestException">It is larger, damaged, or not what the directory says.</exception>
    public ArraySegment<byte> Read(ZipEntry entry, int most)
    {
        if (entry.Length > most)
            throw Refuse(DatasetErrorCodes.TooLarge, entry, $"expected a file of at most {most} bytes. Received: {entry.Length}.");
        var bytes = ArrayPool<byte>.Shared.Rent((int)entry.Length);
        try
        {
            using var content = Open(entry);
            content.ReadExactly(bytes.AsSpan(0, (int)entry.Length));
            content.ReadByte(); // the end, where length and checksum are compared
            return new ArraySegment<byte>(bytes, 0, (int)entry.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    /// <summary>Reads a file from its begin. At its end, length and checksum are compared to the directory's.</summary>
    public Stream Open(ZipEntry entry)
    {
        Span<byte> local = stackalloc byte[ZipChecks.LocalBytes];
        ReadExactly(_file, local, entry.Offset, _name);
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != LocalSignature)
            throw Refuse(DatasetErrorCodes.BadArchive, entry, $"expected a local header at byte {entry.Offset}. Received: other bytes.");
        var start = entry.Offset + ZipChecks.LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        Stream packed = new FileRegion(_file, start, entry.PackedLength);
        return new CheckedStream(entry.Method == 0 ? packed : new DeflateStream(packed, CompressionMode.Decompress), entry, message => Refuse(DatasetErrorCodes.BadArchive, entry, message));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Fills a buffer from a place in a file.</summary>
    public static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long offset, string name)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0)
                throw new IngestException(DatasetErrorCodes.Truncated, $"expected {bytes.Length} bytes at {offset}. Received: {done}.", name);
            done += read;
        }
    }

    private IngestException Refuse(string code, ZipEntry entry, string message) =>
        new(code, message, $"{_name}/{entry.Name}");

    /// <summary>Passes bytes on and compares what has come to the directory, never more than it announces.</summary>
    private sealed class CheckedStream(Stream inner, ZipEntry entry, Func<string, IngestException> refuse) : ForwardStream
    {
        private readonly Crc32 _crc = new();
        private readonly byte[] _scratch = new byte[1];
        private long _done;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var wanted = (int)Math.Min(count, entry.Length - _done);
            if (wanted > 0)
                return Count(buffer, offset, ReadInner(buffer, offset, wanted));
            if (ReadInner(_scratch, 0, 1) > 0)
                throw refuse($"expected {entry.Length} bytes, as the directory says. Received: more.");
            if (_crc.GetCurrentHashAsUInt32() is var crc && crc != entry.Crc32)
                throw refuse($"expected the checksum {entry.Crc32:x8}. Received: {crc:x8}.");
            return 0;
        }

        private int ReadInner(byte[] buffer, int offset, int count)
        {
            try
            {
                return inner.Read(buffer, offset, count);
            }
            catch (InvalidDataException)
            {
                throw refuse($"expected deflated bytes. Received: others, behind {_done} unpacked ones.");
            }
        }

        private int Count(byte[] buffer, int offset, int read)
        {
            if (read == 0)
                throw refuse($"expected {entry.Length} bytes, as the directory says. Received: {_done}.");
            _crc.Append(buffer.AsSpan(offset, read));
            _done += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A part of a file, read without a position that threads would share.</summary>
    private sealed class FileRegion(SafeFileHandle file, long start, long length) : ForwardStream
    {
        private long _done;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(offset, (int)Math.Min(count, length - _done)), start + _done);
            _done += read;
            return read;
        }
    }
}
