using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Tables;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>JSON lines: an object per line, plain or gzipped. Objects in objects become columns with dots; lists of numbers become vectors, or sequences where they differ in length.</summary>
public sealed class JsonlFormat : IFormatReader
{
    private const int SampledRows = 10_000;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        var table = new JsonTable(options, ct);
        try
        {
            table.Look(files.Quiet(), Math.Max(SampledRows / Math.Max(files.All.Count, 1), 100));
            table.Write(files, output, progress);
        }
        catch (WiderColumnException)
        {
            output.StartOver();
            progress.StartOver();
            table.Look(files, long.MaxValue);
            progress.StartOver();
            table.Write(files, output, progress);
        }
    }
}
