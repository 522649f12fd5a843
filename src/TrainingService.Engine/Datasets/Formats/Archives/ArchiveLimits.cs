namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>What an archive from outside may hold before it is refused.</summary>
/// <param name="Entries">Files and folders. Default: a million.</param>
/// <param name="EntryBytes">Unpacked bytes of one entry. Default: 16 GiB.</param>
/// <param name="TotalBytes">Unpacked bytes of all entries. Default: 1 TiB.</param>
/// <param name="Ratio">Unpacked bytes per packed byte of an entry above <see cref="RatioFloorBytes"/>. Default: 100.</param>
/// <param name="RatioFloorBytes">Entries up to this size may be packed as well as they like. Default: 16 MiB.</param>
internal sealed record ArchiveLimits(
    int Entries = 1_000_000, long EntryBytes = 16L << 30, long TotalBytes = 1L << 40, int Ratio = 100, long RatioFloorBytes = 16 << 20)
{
    public static ArchiveLimits Default { get; } = new();
}
