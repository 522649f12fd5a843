using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Reads the files of one format into columns.</summary>
public interface IFormatReader
{
    /// <summary>Declares the columns, then writes all rows of all splits.</summary>
    /// <param name="files">What was uploaded.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="output">Where the rows go.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="IngestException">The files cannot be read; it says where.</exception>
    /// <exception cref="OperationCanceledException">It was told to end.</exception>
    void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct);
}
