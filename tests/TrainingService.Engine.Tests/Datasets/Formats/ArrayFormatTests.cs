using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class ArrayFormatTests : IDisposable
{
    private static readonly byte[] TwoImages = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];
    private static readonly byte[] TwoLabels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    private readonly IngestFolder _folder = new();

    [Fact]
    public void Idx_files_become_images_and_labels_of_two_splits()
    {
        _folder.With("train-images-idx3-ubyte.gz", IngestFolder.Gzipped(TwoImages)).With("train-labels-idx1-ubyte", TwoLabels)
            .With("t10k-images-idx3-ubyte", TwoImages).With("t10k-labels-idx1-ubyte.gz", IngestFolder.Gzipped(TwoLabels));
        using var store = _folder.Open();
        Assert.Equal(["image Feature uint8 (1, 3)", "label Label uint8 ()"], store.Schema.Columns.Select(column => $"{column.Name} {column.Role} {column.Dtype} {column.RowShape}"));
        Assert.Equal(["0", "1"], store.Schema.Columns[1].Classes!);
        Assert.Equal([4, 5, 255], store.Column("test", "image").Row(1).ToArray());
        Assert.Equal((1.0, 255.0, 45.0), (store.Schema.Columns[0].Statistics!.Min, store.Schema.Columns[0].Statistics!.Max, store.Schema.Columns[0].Statistics!.Mean));
    }

    [Fact]
    public void Idx_values_of_several_bytes_are_turned_round()
    {
        using var store = _folder.With("values", [0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff]).Open();
        Assert.Equal([256], store.Column("train", 0).Row<int>(0).ToArray());
        Assert.Equal([-1], store.Column("train", 0).Row<int>(1).ToArray());
    }

    [Theory]
    [InlineData(2, 7, "bad_header", "expected an IDX file")]
    [InlineData(7, 200, "truncated", "expected 600 bytes of values for shape (200, 1, 3) of uint8. Received: 6.")]
    [InlineData(4, 200, "truncated", "Received: 6.")]
    [InlineData(7, 1, "bad_shape", "expected 3 bytes of values for shape (1, 1, 3) of uint8. Received: more.")]
    public void A17_an_idx_header_that_lies_is_refused(int position, byte value, string code, string message)
    {
        var bytes = TwoImages.ToArray();
        bytes[position] = value;
        foreach (var content in (byte[][])[bytes, IngestFolder.Gzipped(bytes)])
        {
            using var folder = new IngestFolder();
            var refused = folder.With("train-images-idx3-ubyte", content).Refused(new IngestOptions(DatasetFormat.Idx));
            Assert.Equal((code, "train-images-idx3-ubyte"), (refused.Code, refused.File));
            Assert.Contains(message, refused.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A17_sizes_beyond_everything_are_refused()
    {
        var refused = _folder.With("a", [0, 0, 8, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]).Refused();
        Assert.Equal(DatasetErrorCodes.TooLarge, refused.Code);
    }

    [Fact]
    public void Npy_arrays_keep_shape_and_type()
    {
        _folder.With("x.npy", Npy("<f8", "(2, 2)", 1.5, -2.0, 3.0, 4.0)).With("y.npy", Npy(">i4", "(2,)", [0, 0, 0, 7, 0, 0, 0, 9]));
        using var store = _folder.Open();
        Assert.Equal([3.0, 4.0], store.Column("train", "x").Row<double>(1).ToArray());
        Assert.Equal(9, store.Column("train", "y").Row<int>(1)[0]);
        Assert.Equal([ColumnRole.Feature, ColumnRole.Label], store.Schema.Columns.Select(column => column.Role));
    }

    [Fact]
    public void Npy_arrays_in_columns_are_turned_into_rows()
    {
        // shape (3, 2, 2), first axis fastest: element (i, j, k) = 100i + 10j + k
        double[] values = [.. from k in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 2) from i in Enumerable.Range(0, 3) select 100.0 * i + 10 * j + k];
        using var store = _folder.With("x.npy", Npy("<f8", "(3, 2, 2)", fortran: true, values)).Open();
        Assert.Equal([200.0, 201, 210, 211], store.Column("train", 0).Row<double>(2).ToArray());
    }

    [Fact]
    public void Npy_texts_become_texts()
    {
        using var store = _folder.With("name.npy", Npy("<U2", "(2,)", [.. Encoding.UTF32.GetBytes("öx"), .. Encoding.UTF32.GetBytes("a\0")])).Open();
        Assert.Equal(["öx", "a"], [store.Column("train", 0).Text(0), store.Column("train", 0).Text(1)]);
    }

    [Theory]
    [InlineData("|O", "(2,)", "unsupported", "Python objects")]
    [InlineData("<c16", "(2,)", "unsupported", "Received: dtype <c16.")]
    [InlineData("<f8", "()", "bad_shape", "an axis of rows. Received: shape ().")]
    [InlineData("<f8", "(9223372036854775807, 9223372036854775807)", "too_large", "Received: shape (9223372036854775807, 9223372036854775807)")]
    [InlineData("<f8", "(99999999999999999999,)", "too_large", "below 2⁶³. Received: 99999999999999999999.")]
    [InlineData("<f8", "(1000000,)", "truncated", "expected 8000000 bytes of values for shape (1000000,) of float64. Received: 16.")]
    [InlineData("<f8", "(__import__('os'),)", "bad_header", "'fortran_order'")]
    public void A17_npy_headers_that_lie_are_refused(string descr, string shape, string code, string message)
    {
        var refused = _folder.With("x.npy", Npy(descr, shape, new byte[16])).Refused();
        Assert.Equal(code, refused.Code);
        Assert.Contains(message, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_a_split_have_as_many_rows()
    {
        var refused = _folder.With("x_train.npy", Npy("|u1", "(3,)", [1, 2, 3])).With("y_train.npy", Npy("|u1", "(2,)", [1, 2])).Refused();
        Assert.Equal((DatasetErrorCodes.BadShape, "y_train.npy", "expected 3 rows, as in x_train.npy. Received: 2."), (refused.Code, refused.File, refused.Reason));
    }

    [Theory]
    [InlineData("numpy.npz")]
    [InlineData("numpy_compressed.npz")]
    public void What_numpy_wrote_is_read(string name)
    {
        using var store = _folder.WithFile(name, Path.Combine(AppContext.BaseDirectory, "Datasets", "Files", name)).Open();
        Assert.Equal(["x Feature float32 (2, 3)", "y Label int64 ()"], store.Schema.Columns.Select(column => $"{column.Name} {column.Role} {column.Dtype} {column.RowShape}"));
        Assert.Equal((5, 2), (store.Rows("train"), store.Rows("test")));
        Assert.Equal([24f, 25, 26, 27, 28, 29], store.Column("train", "x").Row<float>(4).ToArray());
        Assert.Equal([0L, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(row => store.Column("train", "y").Row<long>(row)[0]));
        Assert.Equal([0.5f, 1, 1.5f, 2, 2.5f, 3], store.Column("test", "x").Row<float>(1).ToArray());
    }

    [Fact]
    public void A17_an_npz_with_a_flipped_bit_or_a_cut_end_is_refused()
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Datasets", "Files", "numpy.npz"));
        bytes[bytes.AsSpan().IndexOf("NUMPY"u8) + 150] ^= 1;
        Assert.Contains("checksum", _folder.With("a.npz", bytes).Refused().Reason, StringComparison.Ordinal);
        using var other = new IngestFolder();
        Assert.Equal(DatasetErrorCodes.BadArchive, other.With("a.npz", bytes[..^30]).Refused().Code);
    }

    private static byte[] Npy(string descr, string shape, params double[] values) => Npy(descr, shape, false, values);

    private static byte[] Npy(string descr, string shape, bool fortran, double[] values) => Npy(descr, shape, [.. values.SelectMany(BitConverter.GetBytes)], fortran);

    private static byte[] Npy(string descr, string shape, byte[] values, bool fortran = false)
    {
        var header = $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.ASCII.GetBytes(header), .. values];
    }

    public void Dispose() => _folder.Dispose();
}
