using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class CsvFormatTests : IDisposable
{
    private readonly IngestFolder _folder = new();

    [Fact]
    public void Types_roles_and_missing_values_follow_from_the_values()
    {
        using var store = _folder.With("houses.csv", """
            id,rooms,area,furnished,city,built,label
            7,3,70.5,true,Köln,1999-12-31,12
            8,4,NA,false,"Bad ""X"", Berg",2001-01-01T12:00:00Z,-3
            9,5,-1e3,True,,1970-01-01,4

            """).Open();
        Assert.Equal(
            ["id Id int64", "rooms Feature int64", "area Feature float32", "furnished Feature bool", "city Feature string", "built Time int64", "label Label int64"],
            store.Schema.Columns.Select(column => $"{column.Name} {column.Role} {column.Dtype}"));
        Assert.Equal([3L, 4, 5], Values<long>(store, "rooms"));
        Assert.Equal([70.5f, float.NaN, -1000], Values<float>(store, "area"));
        Assert.Equal([true, false, true], Values<bool>(store, "furnished"));
        Assert.Equal(["Köln", "Bad \"X\", Berg", ""], Texts(store, "city"));
        Assert.Equal(978_350_400_000_000, Values<long>(store, "built")[1]);
        Assert.Equal((1, 1), (store.Schema.Columns[2].Statistics!.Missing, store.Schema.Columns[4].Statistics!.Missing));
        Assert.Null(store.Schema.Columns[6].Classes);
    }

    [Theory]
    [InlineData(";", "a;b\n1,5;2\n3,5;4\n")]
    [InlineData("\t", "a\tb\n1\t2\n3\t4\n")]
    [InlineData("|", "a|b\n1|2\r\n3|4")]
    [InlineData(",", "a,b\r1,2\r3,4\r")]
    public void The_delimiter_is_found(string delimiter, string text)
    {
        using var store = _folder.With("rows.txt", text).Open();
        Assert.Equal(2, store.Schema.Columns.Count);
        Assert.Equal(2, store.Rows("train"));
        using var given = _folder.Open(new IngestOptions(Delimiter: delimiter));
        Assert.Equal(store.Schema.Columns.Select(column => column.Name), given.Schema.Columns.Select(column => column.Name));
    }

    [Fact]
    public void A_table_without_names_gets_numbers()
    {
        using var store = _folder.With("iris.data.csv", "5.1,3.5,setosa\n4.9,3.0,virginica\n").Open(new IngestOptions(Label: new ColumnNames("column_2")));
        Assert.Equal(["column_0", "column_1", "column_2"], store.Schema.Columns.Select(column => column.Name));
        Assert.Equal(2, store.Rows("train"));
        Assert.Equal(["setosa", "virginica"], store.Schema.Columns[2].Classes!);
    }

    [Fact]
    public void Labels_of_text_become_numbers_of_sorted_classes_over_all_splits()
    {
        using var store = _folder.With("train.csv", "x,label\n1,zebra\n2,ape\n3,zebra\n").With("test.csv", "x,label\n1,bee\n2,ape\n").Open();
        Assert.Equal(["ape", "bee", "zebra"], store.Schema.Columns[1].Classes!);
        Assert.Equal([2, 0, 2], Values<int>(store, "label"));
        Assert.Equal([1, 0], Values<int>(store, "label", "test"));
        Assert.Equal([new ValueCount("zebra", 2), new ValueCount("ape", 1)], store.Schema.Columns[1].Statistics!.Top!);
        using var given = _folder.Open(new IngestOptions(ClassNames: ["zebra", "ape", "bee"]));
        Assert.Equal([0, 1, 0], Values<int>(given, "label"));
    }

    [Fact]
    public void Whole_labels_without_a_gap_are_classes()
    {
        using var store = _folder.With("digits.csv", "x,y\n1,0\n2,2\n3,1\n").Open();
        Assert.Equal(["0", "1", "2"], store.Schema.Columns[1].Classes!);
        Assert.Equal("int64", store.Schema.Columns[1].Dtype);
    }

    [Fact]
    public void Values_far_behind_the_first_rows_widen_a_column()
    {
        var text = new StringBuilder("a,b,c,d,e\n");
        for (var row = 0; row < 25_000; row++)
            text.Append(row == 24_000 ? "0.5,16777217.0,,maybe,x\n" : "1,2.5,3,true,2020-02-02\n");
        using var store = _folder.With("wide.csv", text.ToString()).Open();
        Assert.Equal(["float32", "float64", "float32", "string", "string"], store.Schema.Columns.Select(column => column.Dtype));
        Assert.Equal(0.5f, Values<float>(store, "a")[24_000]);
        Assert.Equal(16_777_217.0, Values<double>(store, "b")[24_000]);
        Assert.Equal(float.NaN, Values<float>(store, "c")[24_000]);
        Assert.Equal("maybe", Texts(store, "d")[24_000]);
        Assert.Equal(25_000, store.Rows("train"));
    }

    [Fact]
    public void Options_choose_types_names_and_rows()
    {
        using var store = _folder.With("a.csv", "k,v,w,t\n1,2,0.5,10\n3,4,0.25,?\n5,6,1,30\n").Open(new IngestOptions(
            Label: new ColumnNames("v"), Weight: "w", Id: "k", Types: new Dictionary<string, string> { ["v"] = "float64", ["t"] = "uint8" }, MissingValues: ["?"], MaxRows: 2));
        Assert.Equal(["Id int64", "Label float64", "Weight float32", "Feature uint8"], store.Schema.Columns.Select(column => $"{column.Role} {column.Dtype}"));
        Assert.Equal([10, 0], Values<byte>(store, "t"));
        Assert.Equal(1, store.Schema.Columns[3].Statistics!.Missing);
    }

    [Fact]
    public void Gzip_byte_order_marks_and_quoted_line_ends_are_read()
    {
        byte[] utf16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,b\n1,\"two\nlines\"\n")];
        using var store = _folder.With("a.csv.gz", IngestFolder.Gzipped([0xEF, 0xBB, 0xBF, .. "a,b\n1,\"two\nlines\"\n"u8])).With("b.csv", utf16).Open();
        Assert.Equal(["two\nlines", "two\nlines"], Texts(store, "b"));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "bad_shape", 2, null, "expected 2 values. Received: 1.")]
    [InlineData("a,b\n1,2\n3,4,5\n", "bad_shape", 2, null, "expected 2 values. Received: 3.")]
    [InlineData("a,b\n1,\"x\"y\n", "bad_value", 1, null, "after a closing quote. Received: 'y'.")]
    [InlineData("a,b\n1,x\n2,\"x\n3,y\n", "truncated", 2, null, "expected a closing quote. Received: the end of the file.")]
    [InlineData("a,a\n1,2\n", "bad_header", null, "a", "Received: \"a\" twice.")]
    [InlineData("a,label\n1,x\n2,\n", "bad_value", 2, "label", "expected a class. Received: no value.")]
    [InlineData("a,label\n1,2\n2,\n", "bad_value", 2, "label", "expected a label in every row. Received: no value.")]
    [InlineData("a,b\n1,x\n2,y\0z\n", "bad_value", 2, "b", "expected text. Received: a NUL character.")]
    [InlineData("a,b\n", "no_rows", null, null, "expected at least one row. Received: none.")]
    public void A17_what_is_wrong_is_told_with_its_place(string text, string code, int? row, string? column, string message)
    {
        var refused = _folder.With("rows.csv", text).Refused();
        Assert.Equal((code, row, column), (refused.Code, refused.Row, refused.Column));
        Assert.Contains(message, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A17_one_text_among_numbers_is_refused_with_its_place_wherever_it_is()
    {
        foreach (var at in (int[])[17, 15_000])
        {
            using var folder = new IngestFolder();
            var text = "x,y\n" + string.Concat(Enumerable.Range(1, 20_000).Select(row => row == at ? "1.5,abc\n" : "1.5,2\n"));
            var refused = folder.With("rows.csv", text).Refused();
            Assert.Equal((DatasetErrorCodes.BadValue, at, "y", "rows.csv"), (refused.Code, refused.Row, refused.Column, refused.File));
            Assert.Contains("expected a number, as in nearly all other rows", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Received: \"abc\"", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A17_a_line_without_end_and_columns_without_number_cost_little_memory()
    {
        var line = _folder.With("line.csv", IngestFolder.Gzipped([.. "a,b\n1,"u8, .. Enumerable.Repeat((byte)'x', 16 << 20)])).Refused();
        Assert.Equal((DatasetErrorCodes.TooLarge, 1L), (line.Code, line.Row));
        using var other = new IngestFolder();
        var columns = other.With("columns.csv", string.Join(',', Enumerable.Range(0, 1_000_000)) + "\n").Refused();
        Assert.Equal(DatasetErrorCodes.TooLarge, columns.Code);
        Assert.Contains("expected at most 10000 columns. Received: a line with more.", columns.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A17_bytes_that_are_no_text_and_gzip_that_is_cut_are_refused_and_gzip_in_parts_is_read()
    {
        var latin = _folder.With("latin.csv", [.. "a,b\n1,K"u8, 0xF6, .. "ln\n"u8]).Refused();
        Assert.Contains("expected UTF-8", latin.Reason, StringComparison.Ordinal);
        using var whole = new IngestFolder();
        using var parts = whole.With("parts.csv.gz", [.. IngestFolder.Gzipped("a,b\n1,2\n"u8.ToArray()), .. IngestFolder.Gzipped("3,4\n"u8.ToArray())]).Open();
        Assert.Equal(2, parts.Rows("train"));
        using var other = new IngestFolder();
        var random = new System.Random(1);
        var content = Encoding.ASCII.GetBytes("a,b\n" + string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"{random.Next()},{random.Next()}\n")));
        var cut = other.With("cut.csv.gz", IngestFolder.Gzipped(content)[..^2_000]).Refused();
        Assert.Equal(DatasetErrorCodes.Truncated, cut.Code);
    }

    [Fact]
    public void Options_that_name_no_column_are_refused()
    {
        var refused = _folder.With("rows.csv", "a,b\n1,2\n").Refused(new IngestOptions(Label: new ColumnNames("price")));
        Assert.Equal((DatasetErrorCodes.BadOption, "label: expected one of the columns a, b. Received: \"price\"."), (refused.Code, refused.Reason));
    }

    [Fact]
    public void Formulas_are_texts()
    {
        using var store = _folder.With("rows.csv", "a,b\n1,=cmd()\n2,@x\n").Open();
        Assert.Equal(["=cmd()", "@x"], Texts(store, "b"));
    }

    [Fact]
    public void Lines_with_a_number_sign_are_rows()
    {
        using var store = _folder.With("rows.csv", "a,b\n#1,2\n#2,3\n").Open();
        Assert.Equal(["#1", "#2"], Texts(store, "a"));
    }

    private static T[] Values<T>(ColumnStore store, string name, string split = "train")
        where T : unmanaged => [.. Enumerable.Range(0, (int)store.Rows(split)).Select(row => store.Column(split, name).Row<T>(row)[0])];

    private static string[] Texts(ColumnStore store, string name) => [.. Enumerable.Range(0, (int)store.Rows("train")).Select(row => store.Column("train", name).Text(row))];

    public void Dispose() => _folder.Dispose();
}
