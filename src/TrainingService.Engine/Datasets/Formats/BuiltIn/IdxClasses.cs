using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Arrays;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>MNIST and those that took its form: four IDX files of images and labels, <c>train-…</c> and <c>t10k-…</c>.</summary>
/// <param name="classes">Names of the classes.</param>
internal sealed class IdxClasses(IReadOnlyList<string> classes) : IFormatReader
{
    private const int ChunkRows = 1_000;

    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        output.Declare(
        [
            new ColumnInfo("features", ColumnRole.Feature, "uint8", new Shape(28, 28)),
            new ColumnInfo("label", ColumnRole.Label, "uint8", new Shape(), classes),
        ]);
        foreach (var (split, prefix) in new[] { (SplitNames.Train, "train"), ("test", "t10k") })
        {
            var writer = output.Split(split);
            var images = Copy(files, $"{prefix}-images-idx3-ubyte.gz", writer.Fixed(0), most: byte.MaxValue, ct);
            var labels = Copy(files, $"{prefix}-labels-idx1-ubyte.gz", writer.Fixed(1), most: classes.Count - 1, ct);
            if (images != labels)
                throw new IngestException(DatasetErrorCodes.BadShape, $"expected {images} labels, one per image. Received: {labels}.", $"{prefix}-labels-idx1-ubyte.gz");
            progress.AddRows(images);
        }
    }

    private static long Copy(IngestFiles files, string name, FixedColumnWriter column, int most, CancellationToken ct)
    {
        using var stream = files.Open(files.Named(name));
        var header = IdxHeader.Read(stream, name);
        if (header.Dtype != "uint8" || !header.RowShape.Equals(column.Info.RowShape))
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected rows of shape {column.Info.RowShape} of uint8. Received: {header.RowShape} of {header.Dtype}.", name);
        var buffer = new byte[ChunkRows * column.RowBytes];
        for (long row = 0; row < header.Rows;)
        {
            ct.ThrowIfCancellationRequested();
            var rows = (int)Math.Min(ChunkRows, header.Rows - row);
            var part = buffer.AsSpan(0, rows * column.RowBytes);
            if (stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false) < part.Length)
                throw new IngestException(DatasetErrorCodes.Truncated, $"expected {header.Rows} rows. Received: fewer.", name, row);
            if (part.IndexOfAnyExceptInRange((byte)0, (byte)most) is >= 0 and var other)
                throw new IngestException(DatasetErrorCodes.BadValue, $"expected 0 to {most}. Received: {part[other]}.", name, row + other / column.RowBytes + 1, column.Info.Name);
            column.Append(part);
            row += rows;
        }
        return header.Rows;
    }
}
