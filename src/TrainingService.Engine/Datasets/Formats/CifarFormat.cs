using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.BuiltIn;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>The binary archives of CIFAR-10 and CIFAR-100, <c>cifar-10-binary.tar.gz</c> or <c>cifar-100-binary.tar.gz</c>, told apart by their names.</summary>
public sealed class CifarFormat : IFormatReader
{
    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct) =>
        (files.All.Any(file => file.Name == CifarArchive.Hundred.File) ? CifarArchive.Hundred : CifarArchive.Ten).Read(files, options, output, progress, ct);
}
