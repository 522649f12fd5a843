using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Archives;

namespace TrainingService.Engine.Datasets.Formats.Folders;

/// <summary>A file of a class in an archive.</summary>
/// <param name="Archive">Where its content is.</param>
/// <param name="ArchiveName">The archive's name.</param>
/// <param name="Entry">Which entry.</param>
/// <param name="Split">Which split its folder says.</param>
/// <param name="Class">Name of the folder of its class.</param>
internal sealed record ClassFile(CheckedZip Archive, string ArchiveName, ZipEntry Entry, string Split, string Class)
{
    /// <summary>What errors call it.</summary>
    public string Place => $"{ArchiveName}/{Entry.Name}";

    public IngestException Refuse(string code, string reason) => new(code, reason, Place);
}
