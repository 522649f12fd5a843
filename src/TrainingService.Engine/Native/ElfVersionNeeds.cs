using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TrainingService.Engine.Native;

/// <summary>The table of symbol versions that a 64-bit ELF library asks of others (section <c>SHT_GNU_verneed</c>).</summary>
public static class ElfVersionNeeds
{
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2; // VER_FLG_WEAK: the loader bears its absence

    /// <summary>Writes a copy of a library in which one version requirement is weak; the original is never touched.</summary>
    /// <param name="library">The original.</param>
    /// <param name="version">Such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <param name="folder">Where copies are kept, one per content of the original.</param>
    /// <returns>Path of the copy, which keeps the original's file name.</returns>
    /// <exception cref="BadImageFormatException">The library is not such a file or does not ask for that version.</exception>
    public static string WriteWeakCopy(string library, string version, string folder)
    {
        var image = File.ReadAllBytes(library);
        var home = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(image))[..16]);
        var copy = Path.Combine(home, Path.GetFileName(library));
        MarkWeak(image, version);
        if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
            return copy;
        Directory.CreateDirectory(home);
        // Another process may load the copy at this moment: only a whole file ever carries the name.
        var draft = Path.Combine(home, Path.GetRandomFileName());
        File.WriteAllBytes(draft, image);
        File.Move(draft, copy, overwrite: true);
        return copy;
    }

    /// <summary>Marks one version requirement weak in the bytes of a library.</summary>
    /// <exception cref="BadImageFormatException">The bytes are not such a library or it does not ask for that version.</exception>
    public static void MarkWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new BadImageFormatException("expected a 64-bit little-endian ELF library.");
        try
        {
            if (TryMark(image, Encoding.ASCII.GetBytes(version)))
                return;
        }
        catch (Exception outside) when (outside is ArgumentOutOfRangeException or OverflowException)
        {
            throw new BadImageFormatException("the ELF library's tables point outside of the file.", outside);
        }
        throw new BadImageFormatException($"the library does not ask for {version}; it is refused for another reason.");
    }

    private static bool TryMark(Span<byte> image, ReadOnlySpan<byte> version)
    {
        var sections = Position(image, 0x28);
        int entrySize = U16(image, 0x3a), count = U16(image, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var section = sections + i * entrySize;
            if (U32(image, section + 4) != SectionVersionNeeds)
                continue;
            var strings = Position(image, sections + (int)U32(image, section + 0x28) * entrySize + 0x18);
            if (TryMark(image, Position(image, section + 0x18), (int)U32(image, section + 0x2c), strings, version))
                return true;
        }
        return false;
    }

    private static bool TryMark(Span<byte> image, int need, int needs, int strings, ReadOnlySpan<byte> version)
    {
        for (; needs > 0; needs--, need += (int)U32(image, need + 12))
        {
            var entry = need + (int)U32(image, need + 8);
            for (int left = U16(image, need + 2); left > 0; left--, entry += (int)U32(image, entry + 12))
            {
                var name = image[(strings + (int)U32(image, entry + 8))..];
                if (!name[..name.IndexOf((byte)0)].SequenceEqual(version))
                    continue;
                BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(U16(image, entry + 4) | Weak));
                return true;
            }
        }
        return false;
    }

    private static int Position(ReadOnlySpan<byte> image, int at) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[at..]));

    private static uint U32(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(image[at..]);

    private static ushort U16(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image[at..]);
}
