using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>Prices of houses by numbers, ordered and split as Keras's <c>load_data()</c> does by default: seed 113, the last fifth is the test part.</summary>
/// <param name="file">The <c>.npz</c>.</param>
internal sealed class KerasHouses(string file) : IFormatReader
{
    private const uint Seed = 113;
    private const double TestShare = 0.2;

    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        using var arrays = new NpzArrays(files.Named(file));
        var (x, features) = arrays.Numbers("x");
        var (y, targets) = arrays.Numbers("y");
        if (x.Sizes.Count != 2 || y.Sizes.Count != 1 || x.Rows != y.Rows || x.Rows > int.MaxValue)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected x of shape (rows, numbers) and y of shape (rows,). Received: {x.Written} and {y.Written}.", file);
        output.Declare([new ColumnInfo("features", ColumnRole.Feature, x.Dtype, x.RowShape), new ColumnInfo("label", ColumnRole.Label, y.Dtype, y.RowShape)]);
        var order = new NumpyRandom(Seed).Order((int)x.Rows);
        var train = (int)(order.Length * (1 - TestShare));
        foreach (var (number, row) in order.Index())
        {
            ct.ThrowIfCancellationRequested();
            var split = output.Split(number < train ? SplitNames.Train : "test");
            split.Fixed(0).Append(features.AsSpan((int)(row * x.RowBytes), (int)x.RowBytes));
            split.Fixed(1).Append(targets.AsSpan((int)(row * y.RowBytes), (int)y.RowBytes));
        }
        progress.AddRows(order.Length);
    }
}
