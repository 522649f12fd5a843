using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Reads what is gzipped, and notices a file that was cut: .NET's own stream takes that for the end.</summary>
internal sealed class GunzipStream(Stream raw, IngestFile file) : Stream
{
    private const int TrailerBytes = 8;

    private readonly GZipStream _inner = new(raw, CompressionMode.Decompress);
    private readonly Crc32 _sum = new();
    private long _length;
    private bool _checked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _inner.Read(buffer);
        _sum.Append(buffer[..read]);
        _length += read;
        if (read == 0 && buffer.Length > 0 && !_checked)
        {
            if (!EndsAsRead() && !GzipMembers.AreWhole(file.Path))
                throw new InvalidDataException("the compressed data ends too early.");
            _checked = true;
        }
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>A gzip file of one part ends with the checksum and the length of its content.</summary>
    private bool EndsAsRead()
    {
        using var content = File.OpenRead(file.Path);
        if (content.Length < TrailerBytes)
            return false;
        content.Seek(-TrailerBytes, SeekOrigin.End);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        content.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer) == _sum.GetCurrentHashAsUInt32() && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)_length;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
