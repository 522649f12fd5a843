using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>What is refused by a zip archive's directory alone, before a byte is unpacked.</summary>
internal sealed class ZipChecks(string archive, ArchiveLimits limits)
{
    public const int LocalBytes = 30;

    private const int Encrypted = 0x1;
    private const uint TypeMask = 0xf000, RegularFile = 0x8000, Folder = 0x4000, Link = 0xa000;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void CheckCount(long count)
    {
        if (count > limits.Entries)
            throw Refuse(DatasetErrorCodes.TooLarge, $"expected at most {limits.Entries} entries. Received: {count}.");
    }

    /// <param name="entry">What the directory says.</param>
    /// <param name="flags">Its general purpose bits.</param>
    /// <param name="mode">Its Unix mode; 0 when another system made it.</param>
    public void CheckEntry(ZipEntry entry, int flags, uint mode)
    {
        var name = EntryName.Quoted(entry.Name);
        if ((mode & TypeMask) is not (0 or RegularFile or Folder))
            throw Refuse(DatasetErrorCodes.LinksNotAllowed, $"expected files and folders. Received: {name}, {((mode & TypeMask) == Link ? "a link" : "a device, pipe or socket")}.", entry);
        if (!_names.Add(string.Join('/', entry.Segments)))
            throw Refuse(DatasetErrorCodes.BadArchive, $"expected each name once. Received: {name} again.", entry);
        if (entry.IsFolder && entry.Length > 0)
            throw Refuse(DatasetErrorCodes.BadArchive, $"expected a folder without content of its own. Received: {name} of {entry.Length} bytes.", entry);
        if ((flags & Encrypted) != 0)
            throw Refuse(DatasetErrorCodes.Unsupported, $"expected entries without a password. Received: {name}, which is encrypted.", entry);
        if (entry.Method is not (0 or 8))
            throw Refuse(DatasetErrorCodes.Unsupported, $"expected entries that are stored or deflated. Received: {name}, packed by method {entry.Method}.", entry);
        if (entry.Method == 0 && entry.Length != entry.PackedLength)
            throw Refuse(DatasetErrorCodes.BadArchive, $"expected a stored entry to have one length. Received: {name} of {entry.PackedLength} and of {entry.Length} bytes.", entry);
        if (entry.Length > limits.EntryBytes)
            throw Refuse(DatasetErrorCodes.TooLarge, $"expected entries of at most {limits.EntryBytes} bytes. Received: {name} of {entry.Length}.", entry);
        if (entry.Length > limits.RatioFloorBytes && entry.Length / limits.Ratio > entry.PackedLength)
            throw Refuse(DatasetErrorCodes.TooLarge,
                $"expected entries that unpack to at most {limits.Ratio} times their size. Received: {name}, {entry.PackedLength} bytes that unpack to {entry.Length}.", entry);
    }

    /// <param name="entries">All of them.</param>
    /// <param name="directory">Where the directory begins; entries lie before it.</param>
    public void CheckAll(List<ZipEntry> entries, long directory)
    {
        CheckFolders(entries);
        CheckPlaces(entries, directory);
        var total = entries.Aggregate((Int128)0, (sum, entry) => sum + entry.Length);
        if (total > limits.TotalBytes)
            throw Refuse(DatasetErrorCodes.TooLarge, $"expected at most {limits.TotalBytes} unpacked bytes. Received: {total}.");
    }

    public IngestException Refuse(string code, string message, ZipEntry? entry = null) =>
        new(code, message, entry is null ? archive : $"{archive}/{entry.Name}");

    /// <summary>A name cannot be a file and the folder of other files.</summary>
    private void CheckFolders(List<ZipEntry> entries)
    {
        var files = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var entry in entries)
        {
            for (var slash = entry.Name.LastIndexOf('/'); slash > 0; slash = entry.Name.LastIndexOf('/', slash - 1))
            {
                if (files.Contains(entry.Name.AsSpan(0, slash)))
                    throw Refuse(DatasetErrorCodes.BadArchive, $"{EntryName.Quoted(entry.Name[..slash])} is a file and a folder at once.", entry);
            }
        }
    }

    /// <summary>Entries that share packed bytes unpack to far more than the archive's size says.</summary>
    private void CheckPlaces(List<ZipEntry> entries, long directory)
    {
        ZipEntry? before = null;
        foreach (var entry in entries.OrderBy(entry => entry.Offset))
        {
            if (before is not null && before.Offset + LocalBytes + before.PackedLength > entry.Offset)
                throw Refuse(DatasetErrorCodes.BadArchive, $"{EntryName.Quoted(before.Name)} and {EntryName.Quoted(entry.Name)} share bytes.", entry);
            if (entry.PackedLength > directory || entry.Offset > directory - LocalBytes - entry.PackedLength)
                throw Refuse(DatasetErrorCodes.BadArchive, $"expected {EntryName.Quoted(entry.Name)} before the directory. Received: {entry.PackedLength} bytes at {entry.Offset}.", entry);
            before = entry;
        }
    }
}
