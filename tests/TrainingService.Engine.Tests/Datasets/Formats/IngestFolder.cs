using System.IO.Compression;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats;

namespace TrainingService.Engine.Tests.Datasets.Formats;

/// <summary>Files to ingest, and where the stored form goes; gone after the test.</summary>
internal sealed class IngestFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ingest-");
    private readonly List<IngestFile> _files = [];
    private int _runs;

    public string Output => Path.Combine(_root.FullName, $"out{_runs}");

    public IngestFolder With(string name, byte[] content)
    {
        var path = Path.Combine(_root.FullName, $"in{_files.Count}");
        File.WriteAllBytes(path, content);
        _files.Add(new IngestFile(path, name));
        return this;
    }

    public IngestFolder With(string name, string content) => With(name, Encoding.UTF8.GetBytes(content));

    public IngestFolder WithFile(string name, string path)
    {
        _files.Add(new IngestFile(path, name));
        return this;
    }

    public static byte[] Gzipped(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
            gzip.Write(content);
        return result.ToArray();
    }

    public StoredColumns Run(IngestOptions? options = null, IngestProgress? progress = null, CancellationToken ct = default)
    {
        _runs++;
        Directory.CreateDirectory(Output);
        return Ingest.Run(new IngestPlan(_files, options ?? new IngestOptions(), Output, null, null, 0), progress ?? new IngestProgress(), ct);
    }

    /// <summary>Runs and opens what was written.</summary>
    public ColumnStore Open(IngestOptions? options = null)
    {
        Run(options);
        return ColumnStore.Open(Output);
    }

    public IngestException Refused(IngestOptions? options = null) => Assert.Throws<IngestException>(() => Run(options));

    public void Dispose() => _root.Delete(recursive: true);
}
