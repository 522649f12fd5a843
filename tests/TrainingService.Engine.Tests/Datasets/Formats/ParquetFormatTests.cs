using Parquet;
using Parquet.Schema;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class ParquetFormatTests : IDisposable
{
    private readonly IngestFolder _folder = new();

    [Fact]
    public async Task Columns_keep_their_types_over_row_groups()
    {
        using var store = _folder.With("rows.parquet", await WriteAsync()).Open();
        Assert.Equal(
            ["a Feature float32 ()", "b Feature float64 ()", "when Time int64 ()", "text Feature string ()", "label Label int32 ()"],
            store.Schema.Columns.Select(column => $"{column.Name} {column.Role} {column.Dtype} {column.RowShape}"));
        Assert.Equal(6, store.Rows("train"));
        Assert.Equal([1f, 2, 3, 1, 2, 3], Enumerable.Range(0, 6).Select(row => store.Column("train", "a").Row<float>(row)[0]));
        Assert.Equal([1.0, double.NaN, 3], Enumerable.Range(3, 3).Select(row => store.Column("train", "b").Row<double>(row)[0]));
        Assert.Equal(2, store.Schema.Columns[1].Statistics!.Missing);
        Assert.Equal(86_400_000_000, store.Column("train", "when").Row<long>(1)[0]);
        Assert.Equal(["ö", "", "z"], Enumerable.Range(0, 3).Select(row => store.Column("train", "text").Text(row)));
        Assert.Equal(["ape", "bee"], store.Schema.Columns[4].Classes!);
        Assert.Equal([1, 0, 1], Enumerable.Range(0, 3).Select(row => store.Column("train", "label").Row<int>(row)[0]));
        using var some = _folder.Open(new IngestOptions(MaxRows: 4));
        Assert.Equal(4, some.Rows("train"));
    }

    [Fact]
    public async Task A17_files_that_are_cut_or_lie_are_refused()
    {
        var whole = await WriteAsync();
        byte[] longer = [.. whole];
        BitConverter.GetBytes(int.MaxValue).CopyTo(longer, longer.Length - 8);
        foreach (var (content, code) in ((byte[], string)[])[(whole[..^10], DatasetErrorCodes.Truncated), (longer, DatasetErrorCodes.Truncated), ([.. whole[..4], .. new byte[20], .. whole[24..]], DatasetErrorCodes.BadHeader)])
        {
            using var folder = new IngestFolder();
            var refused = folder.With("rows.parquet", content).Refused();
            Assert.Equal((code, "rows.parquet"), (refused.Code, refused.File));
        }
    }

    private static async Task<byte[]> WriteAsync()
    {
        DataField a = new("a", typeof(float), false), b = new("b", typeof(int), true), when = new("when", typeof(DateTime), false), text = new("text", typeof(string), true), label = new("label", typeof(string), false);
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(a, b, when, text, label), stream))
        {
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync<float>(a, (float[])[1, 2, 3]);
                await rows.WriteAsync<int>(b, (int?[])[1, null, 3]);
                await rows.WriteAsync<DateTime>(when, (DateTime[])[DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), DateTime.UnixEpoch]);
                await rows.WriteAsync(text, (string?[])["ö", null, "z"]!);
                await rows.WriteAsync(label, (string[])["bee", "ape", "bee"]);
            }
        }
        return stream.ToArray();
    }

    public void Dispose() => _folder.Dispose();
}
