using TrainingService.Engine.Datasets.Formats.Arrays;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>IDX files (the format of MNIST), plain or gzipped: an array per file.</summary>
public sealed class IdxFormat : ArrayFormat
{
    private protected override IEnumerable<ArraySource> Find(IngestFiles files) => files.All.Select(file => new ArraySource(file.Name, () => files.Open(file)));

    private protected override ArrayHeader ReadHeader(Stream stream, string file) => IdxHeader.Read(stream, file);
}
