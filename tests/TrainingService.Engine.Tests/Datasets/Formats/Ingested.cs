using System.IO.Compression;
using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Datasets.Formats;

/// <summary>Files that are ingested in a folder of their own.</summary>
internal sealed class Ingested : IDisposable
{
    private readonly OutputFolder _folder = new();
    private readonly List<IngestFile> _files = [];
    private readonly string _output;

    public Ingested() => _output = Directory.CreateDirectory(Path.Combine(_folder.Path, "out")).FullName;

    public DatasetSchema Schema { get; private set; } = null!;

    public long Rows { get; private set; }

    public Ingested With(string name, byte[] content)
    {
        var path = Path.Combine(_folder.Path, $"source{_files.Count}");
        File.WriteAllBytes(path, content);
        return WithFile(name, path);
    }

    public Ingested WithFile(string name, string path)
    {
        _files.Add(new IngestFile(path, name));
        return this;
    }

    public Ingested Run(IngestOptions? options = null, string? builtIn = null, int threads = 2)
    {
        var progress = new IngestProgress();
        Schema = Ingest.Run(new IngestPlan(_files, options ?? new IngestOptions(), _output, null, null, 0, Threads: threads, BuiltIn: builtIn), progress, TestContext.Current.CancellationToken).Schema;
        Rows = progress.Rows;
        return this;
    }

    /// <summary>What the refusal of the files says.</summary>
    public IngestException Refused(IngestOptions? options = null, string? builtIn = null) => Assert.Throws<IngestException>(() => Run(options, builtIn));

    public T[] Values<T>(string split, int column)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(_output, DatasetSchema.ValuesFile(split, column)))).ToArray();

    /// <summary>The rows of a column whose rows differ in length.</summary>
    public T[][] Lists<T>(string split, int column)
        where T : unmanaged
    {
        var bytes = Values<byte>(split, column);
        var offsets = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(Path.Combine(_output, DatasetSchema.OffsetsFile(split, column)))).ToArray();
        return [.. Enumerable.Range(0, offsets.Length - 1).Select(row => MemoryMarshal.Cast<byte, T>(bytes.AsSpan((int)offsets[row]..(int)offsets[row + 1])).ToArray())];
    }

    public string[] Texts(string split, int column) => [.. Lists<byte>(split, column).Select(System.Text.Encoding.UTF8.GetString)];

    public string[] ColumnNames => [.. Schema.Columns.Select(column => column.Name)];

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(content);
        return bytes.ToArray();
    }

    public void Dispose() => _folder.Dispose();
}
