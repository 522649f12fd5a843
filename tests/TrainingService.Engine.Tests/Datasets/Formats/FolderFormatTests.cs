using SkiaSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class FolderFormatTests
{
    [Fact]
    public void Pictures_of_one_size_are_stored_decoded_in_the_order_of_keras()
    {
        using var data = new Ingested().With("pets.zip", Ingested.Zip(
            ("pets/dog/b.png", Pictures.Png(3, 2, 4)), ("pets/dog/a.png", Pictures.Png(3, 2, 3)), ("pets/cat/deep/z.bmp", Pictures.Bmp(3, 2, 1, 1, 1)), ("pets/cat/x.png", Pictures.Png(3, 2, 2)),
            ("pets/README.md", "about"u8.ToArray()), ("pets/cat/.DS_Store", [1]), ("__MACOSX/pets/cat/._x.png", [1]))).Run();
        Assert.Equal(DatasetFormat.ImageFolder, data.Schema.Format);
        Assert.Equal(["image", "label", "file"], data.ColumnNames);
        Assert.Equal([2L, 3L, 3L], data.Schema.Columns[0].RowShape);
        Assert.Equal([ColumnRole.Feature, ColumnRole.Label, ColumnRole.Id], data.Schema.Columns.Select(column => column.Role));
        Assert.Equal(["cat", "dog"], data.Schema.Columns[1].Classes!);
        Assert.Equal([0, 0, 1, 1], data.Values<int>("train", 1));
        Assert.Equal(["pets/cat/deep/z.bmp", "pets/cat/x.png", "pets/dog/a.png", "pets/dog/b.png"], data.Texts("train", 2));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }.SelectMany(value => Enumerable.Repeat(value, 18)), data.Values<byte>("train", 0));
        Assert.Equal(2.5, data.Schema.Columns[0].Statistics!.ChannelMean![0], 6);
        Assert.Equal(4, data.Rows);
    }

    [Fact]
    public void Folders_named_after_splits_make_splits()
    {
        using var data = new Ingested().With("data.zip", Ingested.Zip(
            ("root/train/a/1.png", Pictures.Png(2, 2, 1)), ("root/train/b/1.png", Pictures.Png(2, 2, 2)), ("root/val/b/1.png", Pictures.Png(2, 2, 3)), ("root/test/a/1.png", Pictures.Png(2, 2, 4)))).Run();
        Assert.Equal(["test 1", "train 2", "validation 1"], data.Schema.Splits.Select(split => $"{split.Key} {split.Value}").Order());
        Assert.Equal([1], data.Values<int>("validation", 1));
        Assert.Equal([4, 4], data.Values<byte>("test", 0)[..2]);
    }

    [Fact]
    public void A_class_may_be_called_train_and_archives_may_be_splits()
    {
        using var vehicles = new Ingested().With("vehicles.zip", Ingested.Zip(("car/1.png", Pictures.Png(2, 2)), ("train/1.png", Pictures.Png(2, 2)), ("train/test_1.png", Pictures.Png(2, 2)))).Run();
        Assert.Equal(["car", "train"], vehicles.Schema.Columns[1].Classes!);
        Assert.Equal(3, vehicles.Schema.Splits["train"]);
        using var two = new Ingested().With("train.zip", Ingested.Zip(("a/1.png", Pictures.Png(2, 2)), ("b/1.png", Pictures.Png(2, 2)))).With("test.zip", Ingested.Zip(("b/1.png", Pictures.Png(2, 2)))).Run();
        Assert.Equal([1], two.Values<int>("test", 1));
        using var patterns = new Ingested().With("all.zip", Ingested.Zip(("x/a/1.png", Pictures.Png(2, 2)), ("y/a/1.png", Pictures.Png(2, 2))))
            .Run(new IngestOptions(SplitFiles: new Dictionary<string, IReadOnlyList<string>> { ["train"] = ["x"], ["test"] = ["y/*"] }));
        Assert.Equal(["y/a/1.png"], patterns.Texts("test", 2));
    }

    [Fact]
    public void Pictures_of_several_sizes_stay_encoded_or_are_resized()
    {
        var (small, large) = (Pictures.Png(2, 2, 10), Pictures.Plain(SKEncodedImageFormat.Jpeg, 64, 32, 200, 200, 200));
        var zip = Ingested.Zip(("a/1.png", small), ("b/1.jpeg", large));
        using var encoded = new Ingested().With("p.zip", zip).Run();
        Assert.Equal(ColumnInfo.ImageEncoding, encoded.Schema.Columns[0].Encoding);
        Assert.Equal([null, null, 3L], encoded.Schema.Columns[0].RowShape);
        Assert.Equal([small, large], encoded.Lists<byte>("train", 0));
        using var resized = new Ingested().With("p.zip", zip).Run(new IngestOptions(ImageSize: new(4, 8), ColorMode: ColorMode.Grayscale));
        Assert.Equal([4L, 8L, 1L], resized.Schema.Columns[0].RowShape);
        Assert.Equal([.. Enumerable.Repeat((byte)10, 32), .. Enumerable.Repeat((byte)200, 32)], resized.Values<byte>("train", 0));
    }

    [Fact]
    public void Rows_are_the_same_on_any_number_of_threads()
    {
        var zip = Ingested.Zip([.. Enumerable.Range(0, 40).Select(i => ($"{i % 4}/{i:d2}.{(i % 3 == 0 ? "png" : "jpg")}", Pictures.Noise(i % 3 == 0 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 40 + i, 50, i)))]);
        using var one = new Ingested().With("p.zip", zip).Run(new IngestOptions(ImageSize: new(16, 16)), threads: 1);
        using var four = new Ingested().With("p.zip", zip).Run(new IngestOptions(ImageSize: new(16, 16)), threads: 4);
        Assert.Equal(one.Values<byte>("train", 0), four.Values<byte>("train", 0));
        Assert.Equal(one.Texts("train", 2), four.Texts("train", 2));
    }

    [Fact]
    public void Max_rows_takes_rows_of_all_classes()
    {
        using var data = new Ingested().With("p.zip", Ingested.Zip([.. Enumerable.Range(0, 20).Select(i => ($"{(i < 10 ? "a" : "b")}/{i:d2}.png", Pictures.Png(2, 2)))])).Run(new IngestOptions(MaxRows: 4));
        Assert.Equal([0, 0, 1, 1], data.Values<int>("train", 1));
    }

    [Fact]
    public void What_is_wrong_is_told_with_the_path()
    {
        Check([("a/1.png", Pictures.Png(2, 2)), ("a/2.jpg", Pictures.Noise(SKEncodedImageFormat.Jpeg, 64, 64, 1)[..600])], new(ImageSize: new(8, 8)), "truncated", "p.zip/a/2.jpg: expected a whole JPEG. Received: one that is cut.");
        Check([("a/1.png", Pictures.Png(2, 2)), ("2.png", Pictures.Png(2, 2))], null, "bad_shape", "p.zip/2.png: expected a folder for each class: class/file, or train/class/file and test/class/file. Received: a file without one.");
        Check([("a/1.png", Pictures.Png(2, 2)), ("a/2.gif", "GIF89a"u8.ToArray())], null, "unsupported", "p.zip/a/2.gif: expected pictures (JPEG, PNG, WebP or BMP) in a folder of a class. Received: \"2.gif\".");
        Check([("a/1.jpg", Pictures.Png(2, 2))], null, "bad_value", "p.zip/a/1.jpg: expected JPEG, as the name says. Received: PNG.");
        Check([("train/a/1.png", Pictures.Png(2, 2)), ("test/b/1.png", Pictures.Png(2, 2))], null, "bad_value", "p.zip/test/b/1.png: expected a class that the split train has too. Received: \"b\".");
        Check([("a/1.png", Pictures.Png(2, 2))], new(ClassNames: ["x", "y"]), "bad_value", "p.zip/a/1.png: expected a folder of one of the classes x, y (class_names). Received: \"a\".");
        Check([("a/1.png", Pictures.Png(2, 2))], new(ClassNames: ["a", "a"]), "bad_option", "class_names: expected each class once. Received: \"a\" twice.");
        Check([("a/1.png", Pictures.Png(2, 2))], new(ImageSize: new(0, 4)), "bad_option", "image_size: expected a height and a width of 1 to 65536. Received: 0.");
        Check([("a/1.md", [1])], new(DatasetFormat.ImageFolder), "no_rows", "p.zip: expected pictures (JPEG, PNG, WebP or BMP) in folders of classes. Received: none.");
        Check([("a/1.png", Pictures.PngOf(50_000, 50_000))], new(ImageSize: new(4, 4)), "too_large", "p.zip/a/1.png: expected at most 67108864 pixels. Received: 50000 × 50000.");
        Check([("../1.png", Pictures.Png(2, 2))], null, "bad_archive", "p.zip: expected names of files inside the archive. Received: \"../1.png\", which leaves its folder.");
    }

    [Fact]
    public void A_fault_ends_the_work_of_the_other_threads_first()
    {
        (string, byte[])[] files = [.. Enumerable.Range(0, 50).Select(i => ($"a/{i:d2}.png", i == 20 ? [1, 2, 3] : Pictures.Png(20, 20)))];
        using var data = new Ingested().With("p.zip", Ingested.Zip(files));
        Assert.Equal("p.zip/a/20.png", data.Refused(new IngestOptions(ImageSize: new(4, 4))).File);
    }

    [Fact]
    public void Texts_keep_their_bytes()
    {
        using var data = new Ingested().With("reviews.zip", Ingested.Zip(
            ("aclImdb/train/pos/0_9.txt", "süß <br />"u8.ToArray()), ("aclImdb/train/neg/0_1.txt", "\ufeffbad\n"u8.ToArray()), ("aclImdb/test/neg/1.txt", []), ("aclImdb/imdb.vocab", [1]))).Run();
        Assert.Equal(DatasetFormat.TextFolder, data.Schema.Format);
        Assert.Equal(["text", "label", "file"], data.ColumnNames);
        Assert.Equal(["bad\n", "süß <br />"], data.Texts("train", 0));
        Assert.Equal(["neg", "pos"], data.Schema.Columns[1].Classes!);
        Assert.Equal([0, 1], data.Values<int>("train", 1));
        Assert.Equal([""], data.Texts("test", 0));
    }

    [Fact]
    public void Texts_that_are_none_are_refused()
    {
        Check([("a/1.txt", [0x61, 0x62, 0xff, 0x63])], null, "bad_value", "p.zip/a/1.txt: expected UTF-8. Received: other bytes at 2.");
        Check([("a/1.txt", [0x61, 0, 0x63])], null, "bad_value", "p.zip/a/1.txt: expected text. Received: a NUL at byte 1.");
        var letters = new byte[TextFolderFormat.LongestBytes + 1];
        new System.Random(5).NextBytes(letters);
        Check([("a/1.txt", [.. letters.Select(letter => (byte)(97 + letter % 26))])], null, "too_large", "p.zip/a/1.txt: expected a file of at most 16777216 bytes. Received: 16777217.");
    }

    private static void Check((string, byte[])[] files, IngestOptions? options, string code, string message)
    {
        using var data = new Ingested().With("p.zip", Ingested.Zip(files));
        var refused = data.Refused(options);
        Assert.Equal(message, refused.Message);
        Assert.Equal(code, refused.Code);
    }
}
