using System.IO.Compression;
using System.IO.Hashing;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>An entry of a zip, whose checksum is compared when its end is reached.</summary>
internal sealed class ZippedArray : Stream
{
    private readonly ZipArchive _zip;
    private readonly Stream _inner;
    private readonly Crc32 _sum = new();
    private readonly uint _expected;

    public ZippedArray(Stream archive, string name)
    {
        _zip = new ZipArchive(archive, ZipArchiveMode.Read);
        var entry = _zip.GetEntry(name) ?? throw new InvalidDataException($"{name} is not in the archive.");
        (_inner, _expected) = (entry.Open(), entry.Crc32);
    }

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
        if (read == 0 && buffer.Length > 0 && _sum.GetCurrentHashAsUInt32() is var sum && sum != _expected)
            throw new InvalidDataException($"the checksum {sum:x8} instead of {_expected:x8}.");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _zip.Dispose();
        }
        base.Dispose(disposing);
    }
}
