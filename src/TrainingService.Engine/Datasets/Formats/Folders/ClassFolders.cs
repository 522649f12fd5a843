using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Archives;

namespace TrainingService.Engine.Datasets.Formats.Folders;

/// <summary>The files of archives that have a folder per class, in the order of their rows: by class, then by path, as Keras orders them.</summary>
internal sealed class ClassFolders : IDisposable
{
    private readonly List<CheckedZip> _archives = [];

    /// <param name="files">Zip archives.</param>
    /// <param name="options">Splits, classes and the number of rows.</param>
    /// <param name="isWanted">Whether a name is that of a file to read.</param>
    /// <param name="expected">What such files are, for complaints.</param>
    /// <exception cref="IngestException">An archive that may not come in, or without a folder per class.</exception>
    public ClassFolders(IngestFiles files, IngestOptions options, Func<string, bool> isWanted, string expected)
    {
        try
        {
            var found = files.All.SelectMany(file => Find(file, options, isWanted, expected)).ToList();
            SplitNames.CheckAllUsed(options, [.. found.Select(file => file.Entry.Name)]);
            if (found.Count == 0)
                throw new IngestException(DatasetErrorCodes.NoRows, $"expected {expected} in folders of classes. Received: none.", files.All.Count > 0 ? files.All[0].Name : null);
            Classes = options.ClassNames ?? [.. found.Select(file => file.Class).Distinct().Order(StringComparer.Ordinal)];
            Splits = Ordered(found, options.MaxRows);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The classes by number.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Files by split, <c>train</c> first.</summary>
    public IReadOnlyList<(string Split, IReadOnlyList<ClassFile> Files)> Splits { get; }

    /// <summary>All files.</summary>
    public IEnumerable<ClassFile> All => Splits.SelectMany(split => split.Files);

    /// <summary>The columns behind the content: class and path.</summary>
    public IReadOnlyList<ColumnInfo> MoreColumns =>
    [
        new ColumnInfo("label", ColumnRole.Label, "int32", new(), Classes),
        new ColumnInfo("file", ColumnRole.Id, ColumnInfo.TextDtype, new()),
    ];

    /// <summary>Writes class and path of a row.</summary>
    public static void Append(Columns.SplitWriter split, ClassFile file)
    {
        split.Classes(1).Append(Encoding.UTF8.GetBytes(file.Class));
        split.Varying(2).Append(Encoding.UTF8.GetBytes(file.Entry.Name));
    }

    private List<ClassFile> Find(IngestFile file, IngestOptions options, Func<string, bool> isWanted, string expected)
    {
        var archive = new CheckedZip(file.Path, file.Name);
        _archives.Add(archive);
        var entries = archive.Entries.Where(entry => !IsLitter(entry)).ToList();
        var wanted = entries.Where(entry => isWanted(entry.Name)).ToList();
        var found = FolderLayout.Of(archive, file.Name, wanted, options).ToList();
        var folders = wanted.Select(FolderOf).ToHashSet(StringComparer.Ordinal);
        // A list or a licence beside the folders is fine; among a class's files it would be a row that goes missing.
        return entries.Find(entry => !isWanted(entry.Name) && folders.Contains(FolderOf(entry))) is { } other
            ? throw new IngestException(DatasetErrorCodes.Unsupported, $"expected {expected} in a folder of a class. Received: {EntryName.Quoted(other.Segments[^1])}.", $"{file.Name}/{other.Name}")
            : found;
    }

    private List<(string, IReadOnlyList<ClassFile>)> Ordered(List<ClassFile> found, long? most)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (number, name) in Classes.Index())
        {
            if (!numbers.TryAdd(name, number))
                throw new IngestException(DatasetErrorCodes.BadOption, $"class_names: expected each class once. Received: \"{name}\" twice.", null);
        }
        if (found.Find(file => !numbers.ContainsKey(file.Class)) is { } unknown)
            throw unknown.Refuse(DatasetErrorCodes.BadValue, $"expected a folder of one of the classes {string.Join(", ", Classes.Take(10))} (class_names). Received: {EntryName.Quoted(unknown.Class)}.");
        var train = found.Where(file => file.Split == SplitNames.Train).Select(file => file.Class).ToHashSet(StringComparer.Ordinal);
        if (train.Count > 0 && found.Find(file => !train.Contains(file.Class)) is { } untrained)
            throw untrained.Refuse(DatasetErrorCodes.BadValue, $"expected a class that the split train has too. Received: {EntryName.Quoted(untrained.Class)}.");
        return
        [
            .. found.GroupBy(file => file.Split).OrderBy(split => split.Key == SplitNames.Train ? 0 : 1).ThenBy(split => split.Key, StringComparer.Ordinal)
                .Select(split => (split.Key, Thinned([.. split.OrderBy(file => numbers[file.Class]).ThenBy(file => file.ArchiveName, StringComparer.Ordinal).ThenBy(file => file.Entry.Name, StringComparer.Ordinal)], most))),
        ];
    }

    /// <summary>So many files, evenly from all classes.</summary>
    private static IReadOnlyList<ClassFile> Thinned(List<ClassFile> files, long? most) =>
        most is { } rows && rows < files.Count ? [.. Enumerable.Range(0, (int)rows).Select(row => files[(int)((long)row * files.Count / rows)])] : files;

    private static string FolderOf(ZipEntry entry) => string.Join('/', entry.Segments[..^1]);

    /// <summary>What systems and editors leave behind.</summary>
    private static bool IsLitter(ZipEntry entry) =>
        entry.Segments.Any(segment => segment[0] == '.' || segment == "__MACOSX") || entry.Segments[^1] is "Thumbs.db" or "desktop.ini";

    public void Dispose()
    {
        foreach (var archive in _archives)
            archive.Dispose();
    }
}
