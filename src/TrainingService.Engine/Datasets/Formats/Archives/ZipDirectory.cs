using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>
/// Reads the central directory of a zip archive (PKWARE's APPNOTE 4.3, with Zip64). The platform's reader shows neither where an entry lies
/// nor which system made it, and both tell an attack.
/// </summary>
internal sealed class ZipDirectory(SafeFileHandle file, string archive, ArchiveLimits limits)
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50, RecordSignature = 0x02014b50;
    private const int EndBytes = 22, LocatorBytes = 20, End64Bytes = 56, RecordBytes = 46;
    private const int Utf8Name = 0x800, MadeByDos = 0;

    private readonly long _length = RandomAccess.GetLength(file);
    private readonly ZipChecks _checks = new(archive, limits);

    /// <summary>The files, in the directory's order, checked.</summary>
    public List<ZipEntry> Read()
    {
        var (count, offset, length) = FindDirectory();
        _checks.CheckCount(count);
        if (offset < 0 || length < 0 || length > Array.MaxLength || offset > _length - length || count * RecordBytes > length)
            throw _checks.Refuse(DatasetErrorCodes.BadArchive, $"expected a directory of {count} entries in the file. Received: {length} bytes at {offset} of {_length}.");
        var directory = ReadAt(offset, (int)length);
        var entries = new List<ZipEntry>((int)count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (ReadRecord(directory, ref at) is { IsFolder: false } entry)
                entries.Add(entry);
        }
        _checks.CheckAll(entries, offset);
        return entries;
    }

    private (long Count, long Offset, long Length) FindDirectory()
    {
        var tailLength = (int)Math.Min(_length, EndBytes + ushort.MaxValue);
        var tail = ReadAt(_length - tailLength, tailLength);
        for (var at = tailLength - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (U32(end, 0) != EndSignature || U16(end, 20) != end.Length - EndBytes)
                continue;
            long count = U16(end, 10), length = U32(end, 12), offset = U32(end, 16);
            return count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue
                ? FindDirectory64(_length - tailLength + at) ?? (count, offset, length) : (count, offset, length);
        }
        throw _checks.Refuse(DatasetErrorCodes.BadArchive, "expected a zip archive, which ends with a directory. Received: none; the file is cut or of another format.");
    }

    private (long Count, long Offset, long Length)? FindDirectory64(long end)
    {
        if (end < LocatorBytes)
            return null;
        var locator = ReadAt(end - LocatorBytes, LocatorBytes);
        if (U32(locator, 0) != Locator64Signature)
            return null;
        var at = I64(locator, 8);
        if (at < 0 || at > end - LocatorBytes - End64Bytes)
            throw _checks.Refuse(DatasetErrorCodes.BadArchive, $"expected a Zip64 directory in the file. Received: one at {at} of {_length}.");
        var end64 = ReadAt(at, End64Bytes);
        if (U32(end64, 0) != End64Signature || I64(end64, 32) is var count && count < 0)
            throw _checks.Refuse(DatasetErrorCodes.BadArchive, $"expected a Zip64 directory at {at}. Received: other bytes.");
        return (count, I64(end64, 48), I64(end64, 40));
    }

    private ZipEntry ReadRecord(byte[] directory, ref int at)
    {
        var rest = directory.AsSpan(at);
        if (rest.Length < RecordBytes || U32(rest, 0) != RecordSignature
            || U16(rest, 28) + U16(rest, 30) + U16(rest, 32) is var variable && variable > rest.Length - RecordBytes)
            throw _checks.Refuse(DatasetErrorCodes.BadArchive, $"expected an entry at byte {at} of its directory. Received: other bytes.");
        int flags = U16(rest, 8), nameLength = U16(rest, 28);
        var name = Name(rest.Slice(RecordBytes, nameLength), flags);
        var entry = new ZipEntry(name, EntryName.Segments(archive, name))
        {
            Length = U32(rest, 24), PackedLength = U32(rest, 20), Offset = U32(rest, 42), Method = U16(rest, 10), Crc32 = U32(rest, 16),
        };
        entry = WithZip64(entry, rest.Slice(RecordBytes + nameLength, U16(rest, 30)));
        _checks.CheckEntry(entry, flags, rest[5] == MadeByDos ? 0 : U32(rest, 38) >> 16);
        at += RecordBytes + variable;
        return entry;
    }

    /// <summary>Names without the UTF-8 flag are of any code page, but most writers use UTF-8 all the same.</summary>
    private static string Name(ReadOnlySpan<byte> bytes, int flags) =>
        (flags & Utf8Name) != 0 || Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>Sizes and place that 32 bits do not hold: in the extra field 1, those that are full, in this order.</summary>
    private ZipEntry WithZip64(ZipEntry entry, ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4 && U16(extra, 2) is var size && size <= extra.Length - 4)
        {
            if (U16(extra, 0) == 1)
            {
                var field = extra.Slice(4, size);
                entry = entry with
                {
                    Length = Wide(ref field, entry.Length), PackedLength = Wide(ref field, entry.PackedLength), Offset = Wide(ref field, entry.Offset),
                };
            }
            extra = extra[(4 + size)..];
        }
        return entry is { Length: >= 0, PackedLength: >= 0, Offset: >= 0 } ? entry
            : throw _checks.Refuse(DatasetErrorCodes.BadArchive, $"expected sizes and places from 0. Received: {EntryName.Quoted(entry.Name)} of {entry.Length} bytes at {entry.Offset}.", entry);

        static long Wide(ref ReadOnlySpan<byte> field, long narrow)
        {
            if (narrow != uint.MaxValue || field.Length < 8)
                return narrow;
            var wide = I64(field, 0);
            field = field[8..];
            return wide;
        }
    }

    private byte[] ReadAt(long offset, int length)
    {
        var bytes = new byte[length];
        CheckedZip.ReadExactly(file, bytes, offset, archive);
        return bytes;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
