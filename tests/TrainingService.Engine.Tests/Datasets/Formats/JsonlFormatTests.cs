using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class JsonlFormatTests : IDisposable
{
    private readonly IngestFolder _folder = new();

    [Fact]
    public void Members_become_columns()
    {
        using var store = _folder.With("rows.jsonl.gz", IngestFolder.Gzipped([.. """
            {"text": "gut", "zip": "01234", "at": {"x": 1, "y": 2.5}, "emb": [1, 2.5], "ids": [1, 2, 3], "label": "pos"}

            {"ids": [], "emb": [3, 4], "text": null, "at": {"x": 2}, "zip": "9", "label": "neg"}
            """u8])).Open();
        Assert.Equal(
            ["text Feature string ()", "zip Feature string ()", "at.x Feature int64 ()", "at.y Feature float32 ()", "emb Feature float32 (2,)", "ids Feature int64 (None,)", "label Label int32 ()"],
            store.Schema.Columns.Select(column => $"{column.Name} {column.Role} {column.Dtype} {column.RowShape}"));
        Assert.Equal(["neg", "pos"], store.Schema.Columns[6].Classes!);
        Assert.Equal("01234", store.Column("train", "zip").Text(0));
        Assert.Equal([3f, 4], store.Column("train", "emb").Row<float>(1).ToArray());
        Assert.Equal([1L, 2, 3], store.Column("train", "ids").Row<long>(0).ToArray());
        Assert.Equal(0, store.Column("train", "ids").Row(1).Length);
        Assert.Equal(float.NaN, store.Column("train", "at.y").Row<float>(1)[0]);
    }

    [Theory]
    [InlineData("{\"a\": 1}\n{\"a\": \n", 2, "expected a JSON object in each line.")]
    [InlineData("{\"a\": 1}\n[1]\n", 2, "Received: Array.")]
    [InlineData("{\"a\": 1, \"a\": 2}\n", 1, "this one twice")]
    [InlineData("{\"a\": [1]}\n{\"a\": 2}\n", 2, "Received: both.")]
    [InlineData("{\"a\": [1]}\n{\"a\": [\"x\"]}\n", 2, "expected numbers in lists. Received: String.")]
    public void A17_what_is_wrong_is_told_with_its_row(string text, int row, string message)
    {
        var refused = _folder.With("rows.jsonl", text).Refused();
        Assert.Equal((DatasetErrorCodes.BadValue, (long?)row), (refused.Code, refused.Row));
        Assert.Contains(message, refused.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
