using System.Formats.Tar;
using System.IO.Compression;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Archives;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>
/// The binary archives of CIFAR: records of one or two label bytes and the pixels of an image, channel by channel. The archive is passed through
/// once per file that is wanted, so that rows come in Keras's order without a file being held in memory or unpacked to disk.
/// </summary>
internal sealed class CifarArchive : IFormatReader
{
    private const int Side = 32, Channels = 3, Plane = Side * Side, ImageBytes = Channels * Plane;
    private const int MostEntries = 1_000;
    private const long MostBytes = 1L << 30;

    private static readonly ColumnInfo Features = new("features", ColumnRole.Feature, "uint8", new Shape(Side, Side, Channels));

    private readonly string _file;
    private readonly (string Split, string Path)[] _parts;
    private readonly ColumnInfo[] _labels; // in the order of a record's bytes

    private CifarArchive(string file, (string, string)[] parts, ColumnInfo[] labels) => (_file, _parts, _labels) = (file, parts, labels);

    /// <summary>CIFAR-10: a label per record, five files to learn from.</summary>
    public static CifarArchive Ten { get; } = new(
        "cifar-10-binary.tar.gz",
        [.. Enumerable.Range(1, 5).Select(number => (SplitNames.Train, $"cifar-10-batches-bin/data_batch_{number}.bin")), ("test", "cifar-10-batches-bin/test_batch.bin")],
        [new ColumnInfo("label", ColumnRole.Label, "uint8", new Shape(), ClassNames.Cifar10)]);

    /// <summary>CIFAR-100: a coarse and a fine label per record; Keras trains on the fine one.</summary>
    public static CifarArchive Hundred { get; } = new(
        "cifar-100-binary.tar.gz", [(SplitNames.Train, "cifar-100-binary/train.bin"), ("test", "cifar-100-binary/test.bin")],
        [
            new ColumnInfo("coarse_label", ColumnRole.Ignored, "uint8", new Shape(), ClassNames.Numbers(20)),
            new ColumnInfo("label", ColumnRole.Label, "uint8", new Shape(), ClassNames.Numbers(100)),
        ]);

    /// <summary>Name of the archive.</summary>
    public string File => _file;

    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        output.Declare([Features, .. _labels]);
        foreach (var (split, path) in _parts)
        {
            using var packed = files.OpenRaw(files.Named(_file));
            Copy(packed, path, output.Split(split), progress, ct);
        }
    }

    private void Copy(Stream packed, string path, SplitWriter split, IngestProgress progress, CancellationToken ct)
    {
        try
        {
            using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
            var entries = 0;
            while (tar.GetNextEntry() is { } entry)
            {
                Check(entry, ++entries);
                if (entry.Name != path)
                    continue;
                CopyRecords(entry.DataStream, entry.Length, split, $"{_file}/{path}", progress, ct);
                return;
            }
            throw new IngestException(DatasetErrorCodes.BadArchive, $"expected the file {path}. Received: {entries} entries without it.", _file);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new IngestException(DatasetErrorCodes.BadArchive, $"expected a whole tar.gz. Received: {damaged.Message}", _file, inner: damaged);
        }
    }

    /// <summary>Only the names and kinds of entries are judged: none is ever made on disk.</summary>
    private void Check(TarEntry entry, int number)
    {
        if (number > MostEntries)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {MostEntries} entries. Received: more.", _file);
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.Directory))
            throw new IngestException(DatasetErrorCodes.LinksNotAllowed, $"expected files and folders. Received: {EntryName.Quoted(entry.Name)}, {entry.EntryType}.", $"{_file}/{entry.Name}");
        EntryName.Segments(_file, entry.Name);
        if (entry.Length > MostBytes)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected entries of at most {MostBytes} bytes. Received: {EntryName.Quoted(entry.Name)} of {entry.Length}.", _file);
    }

    private void CopyRecords(Stream? content, long length, SplitWriter split, string place, IngestProgress progress, CancellationToken ct)
    {
        var recordBytes = _labels.Length + ImageBytes;
        if (length == 0 || length % recordBytes != 0)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected records of {recordBytes} bytes. Received: a file of {length}.", place);
        byte[] record = new byte[recordBytes], image = new byte[ImageBytes];
        for (var row = 1L; row <= length / recordBytes; row++)
        {
            ct.ThrowIfCancellationRequested();
            content!.ReadExactly(record);
            for (var label = 0; label < _labels.Length; label++)
            {
                if (record[label] >= _labels[label].Classes!.Count)
                    throw new IngestException(DatasetErrorCodes.BadValue, $"expected 0 to {_labels[label].Classes!.Count - 1}. Received: {record[label]}.", place, row, _labels[label].Name);
                split.Fixed(1 + label).Append(record[label]);
            }
            for (var pixel = 0; pixel < Plane; pixel++)
            {
                for (var channel = 0; channel < Channels; channel++)
                    image[pixel * Channels + channel] = record[_labels.Length + channel * Plane + pixel];
            }
            split.Fixed(0).Append(image);
            progress.AddRows(1);
        }
    }
}
