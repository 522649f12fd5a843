using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Archives;

namespace TrainingService.Engine.Datasets.Formats.Folders;

/// <summary>
/// Reads split and class from a file's path: <c>cat/1.png</c>, <c>train/cat/1.png</c>, both below any folders that all files share; deeper folders
/// belong to their class, as in Keras's <c>image_dataset_from_directory</c>.
/// </summary>
internal static class FolderLayout
{
    private static readonly Dictionary<string, string> Splits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = "train", ["training"] = "train", ["test"] = "test", ["testing"] = "test",
        ["validation"] = "validation", ["valid"] = "validation", ["val"] = "validation", ["dev"] = "validation",
    };

    /// <param name="archive">The archive.</param>
    /// <param name="name">Its name; where no folder tells the split, it does.</param>
    /// <param name="entries">The files that count.</param>
    /// <param name="options">Their split files decide first.</param>
    public static IEnumerable<ClassFile> Of(CheckedZip archive, string name, IReadOnlyList<ZipEntry> entries, IngestOptions options)
    {
        if (options.SplitFiles is not null)
            return entries.Select(entry => new ClassFile(archive, name, entry, SplitNames.Of(entry.Name, options), Folder(name, entry, entry.Segments.Length - 2)));
        var depth = Shared(entries);
        var bySplit = entries.Count > 0 && entries.All(entry => entry.Segments.Length > depth + 2 && Splits.ContainsKey(entry.Segments[depth]));
        var split = SplitNames.Of(name, options);
        return entries.Select(entry => new ClassFile(
            archive, name, entry, bySplit ? Splits[entry.Segments[depth]] : split, Folder(name, entry, depth + (bySplit ? 1 : 0))));
    }

    /// <summary>How many leading folders are the same for all files and are neither a split's nor a class's.</summary>
    private static int Shared(IReadOnlyList<ZipEntry> entries)
    {
        var depth = 0;
        while (entries.Count > 0 && entries.All(entry => entry.Segments.Length > depth + 2 && entry.Segments[depth] == entries[0].Segments[depth])
            && !Splits.ContainsKey(entries[0].Segments[depth]))
            depth++;
        return depth;
    }

    private static string Folder(string archive, ZipEntry entry, int depth) => depth >= 0 && depth < entry.Segments.Length - 1
        ? entry.Segments[depth]
        : throw new IngestException(DatasetErrorCodes.BadShape, "expected a folder for each class: class/file, or train/class/file and test/class/file. Received: a file without one.", $"{archive}/{entry.Name}");
}
