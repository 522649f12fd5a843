using System.Buffers.Binary;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>Records of a TFRecord file: length, its checksum, the record, its checksum, little-endian. No byte is used whose checksum does not hold.</summary>
/// <param name="stream">The file, unpacked.</param>
/// <param name="file">What messages call it.</param>
internal sealed class TfRecordStream(Stream stream, string file)
{
    /// <summary>Longest record that is read.</summary>
    public const int LongestBytes = 256 << 20;

    private const int HeadBytes = sizeof(ulong) + sizeof(uint);

    private readonly byte[] _head = new byte[HeadBytes];
    private byte[] _record = new byte[64 << 10];

    /// <summary>The number of the record that came last, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the next record; it holds until the next call.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="IngestException">The file is cut or damaged.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> record)
    {
        record = default;
        var head = stream.ReadAtLeast(_head, HeadBytes, throwOnEndOfStream: false);
        if (head == 0)
            return false;
        Row++;
        if (head < HeadBytes)
            throw Refuse(DatasetErrorCodes.Truncated, $"expected {HeadBytes} bytes before each record. Received: {head}");
        CheckSum(_head.AsSpan(0, sizeof(ulong)), _head.AsSpan(sizeof(ulong)), Row == 1 ? DatasetErrorCodes.BadHeader : DatasetErrorCodes.ChecksumMismatch, "length");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_head);
        if (length > LongestBytes)
            throw Refuse(DatasetErrorCodes.TooLarge, $"expected records of at most {LongestBytes} bytes. Received: {length}");
        record = Body((int)length);
        Bytes += HeadBytes + record.Length + sizeof(uint);
        return true;
    }

    /// <summary>Grows with what really comes: a length that lies costs no memory.</summary>
    private ReadOnlyMemory<byte> Body(int length)
    {
        int wanted = length + sizeof(uint), done = 0;
        while (done < wanted)
        {
            if (done == _record.Length)
                Array.Resize(ref _record, (int)Math.Min(wanted, 2L * _record.Length));
            var part = _record.AsSpan(done, Math.Min(_record.Length, wanted) - done);
            var read = stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
            done += read;
            if (read < part.Length)
                throw Refuse(DatasetErrorCodes.Truncated, $"expected {length} bytes and their checksum. Received: {done} bytes");
        }
        var body = _record.AsMemory(0, length);
        CheckSum(body.Span, _record.AsSpan(length, sizeof(uint)), DatasetErrorCodes.ChecksumMismatch, "content");
        return body;
    }

    private void CheckSum(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored, string code, string what)
    {
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(stored), real = MaskedCrc32C.Of(bytes);
        if (real != expected)
            throw Refuse(code, $"expected the checksum {expected:x8} of its {what}. Received: {real:x8}{(code == DatasetErrorCodes.BadHeader ? ", so this is no TFRecord file" : "")}");
    }

    private IngestException Refuse(string code, string message) => new(code, message + ".", file, Row);
}
