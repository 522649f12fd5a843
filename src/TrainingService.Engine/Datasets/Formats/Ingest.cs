using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.BuiltIn;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Turns files into the stored form of a data set.</summary>
public static class Ingest
{
    /// <summary>Reads the files of a plan and writes its output directory.</summary>
    /// <param name="plan">Which files, how, and where to.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="IngestException">The files cannot be read; it says where.</exception>
    /// <exception cref="OperationCanceledException">It was told to end.</exception>
    public static StoredColumns Run(IngestPlan plan, IngestProgress progress, CancellationToken ct)
    {
        var files = new IngestFiles(plan.Files, plan.Options, progress);
        var (format, reader) = plan.BuiltIn is { } name ? BuiltInTable.For(name) : ByFormat(plan, files);
        using var output = new ColumnWriterSet(plan.OutputDirectory);
        reader.Read(files, plan.Options, output, progress, ct);
        return output.Finish(format);
    }

    private static (DatasetFormat Format, IFormatReader Reader) ByFormat(IngestPlan plan, IngestFiles files)
    {
        var format = plan.Options.Format ?? FormatDetector.Of(files);
        return (format, FormatTable.For(format, plan.Threads));
    }
}
