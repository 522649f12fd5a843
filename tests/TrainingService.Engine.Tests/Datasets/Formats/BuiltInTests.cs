using System.Formats.Tar;
using System.IO.Compression;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Datasets.Formats.BuiltIn;
using TrainingService.Engine.Datasets.Formats.Pickles;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class BuiltInTests
{
    /// <summary>By NumPy 1.24, <c>savez_compressed</c>: lists [1,14,22], [5,30000,7,8], [], [200,70000,3] of labels 1, 0, 0, 1; test [9], [10,11] of 0, 1.</summary>
    private static readonly byte[] Imdb = Convert.FromBase64String(
        "UEsDBBQAAAAIAAAAIQDV5qrA8QAAAEQBAAALABQAeF90cmFpbi5ucHkBABAARAEAAAAAAADxAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF7jr66joJ6WX1RSlJgXn1+UkgoSdkvMKU4FihdnJBakAvkaJjqaOgq1CpQArgbm5LzS3IJKveT8olS93NKckszEoqLESq74otTk/LzikqLS5BKuQgaIKq68FIhsIaM3Q2shkzNjUiFzeyFLUCGrhjejN0trIRtUYUpJZUEqVyF7BBMDA4O/RSFHZ0d7IWdQIZeGN3MEI1CsppDbz8/P6z8QgAlv+5JCnqTO2EJejdhCPpBpfN5iqbGF/BrerL4Gpd7s3hxAnkBsoaCG9wmvAkFGBm/m1NSSQqEkPQBQSwMEFAAAAAgAAAAhAFCBoGRKAAAAoAAAAAsAFAB5X3RyYWluLm5weQEAEACgAAAAAAAAAEoAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjqaOgq1ChQALkYG7AAmDgBQSwMEFAAAAAgAAAAhAAnQRRLZAAAAKQEAAAoAFAB4X3Rlc3QubnB5AQAQACkBAAAAAAAA2QAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBe46+uo6Cell9UUpSYF59flJIKEnZLzClOBYoXZyQWpAL5GkY6mjoKtQqUAK4G5uS80tyCSr3k/KJUvdzSnJLMxKKixEqu+KLU5Py84pKi0uQSrkIGiCquvBSIbCGjN0NrIZMzY1Ihc3shS1Ahq4Y3ozdTayEbVGFKSWVBKlchewQTAwODv0UhR2dHeyFnUCGXhjdzBCNQrKaQ28/Pz+s/EIAJb/uSQp6kzthCXo3YQj5vzsTYQn4Nby5v7tTUkkKBJD0AUEsDBBQAAAAIAAAAIQB+avvJSQAAAJAAAAAKABQAeV90ZXN0Lm5weQEAEACQAAAAAAAAAEkAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALgYoYITSAFBLAQIUAxQAAAAIAAAAIQDV5qrA8QAAAEQBAAALAAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQIUAxQAAAAIAAAAIQBQgaBkSgAAAKAAAAALAAAAAAAAAAAAAACAAS4BAAB5X3RyYWluLm5weVBLAQIUAxQAAAAIAAAAIQAJ0EUS2QAAACkBAAAKAAAAAAAAAAAAAACAAbUBAAB4X3Rlc3QubnB5UEsBAhQDFAAAAAgAAAAhAH5q+8lJAAAAkAAAAAoAAAAAAAAAAAAAAIABygIAAHlfdGVzdC5ucHlQSwUGAAAAAAQABADiAAAATwMAAAAA");

    /// <summary>By NumPy 1.24: x = arange(80).reshape(10, 8) / 4, y = 1000 · arange(10), float64.</summary>
    private static readonly byte[] Houses = Convert.FromBase64String(
        "UEsDBBQAAAAIAAAAIQBfnUhU7QAAAAADAAAFABQAeC5ucHkBABAAAAMAAAAAAADtAAAAAAAAAJ3Ju0rDYBjG8UcRkSLi+VBPXz19rUZtzRJEMJNbxcWhUwkmxUGMJOIiwncP3lAuwUtw7Ojg4NChlfwXV9/lx/993q9v2zedMb3o1cZJfpfZc2MveoH1jO2l2XMWPXbTLE5+/1fRQ56M/vl99JSMut5qeiZoeObN/Pcq+nMfl6Wf2Mcv/MYfHKDCknGcwEmcwgpO4wzO4hzO4wIu4hIu4wqu4hpWcR03cBO3cBtNqUPVaNQOjdqlUXs0ap9GHdAoS6PqNKpBow5p1BGN8mjUMY06oVGnNKpZGqLDAtViR4cF6owdHRYonx0dFn44BFBLAwQUAAAACAAAACEAv1b+8mcAAADQAAAABQAUAHkubnB5AQAQANAAAAAAAAAAZwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGBjqaOgq1CuQDLgZk4NDvAKHnQ+iC5VD+egjdsRkqvh1CR+yGyu+H0FMOOgAAUEsBAhQDFAAAAAgAAAAhAF+dSFTtAAAAAAMAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAAAAgAAAAhAL9W/vJnAAAA0AAAAAUAAAAAAAAAAAAAAIABJAEAAHkubnB5UEsFBgAAAAACAAIAZgAAAMIBAAAAAA==");

    [Fact]
    public void The_order_is_that_of_numpy()
    {
        // numpy.random.RandomState(113): shuffle(arange(1000)), then shuffle(arange(700))
        var random = new NumpyRandom(113);
        var (first, second) = (random.Order(1_000), random.Order(700));
        Assert.Equal([641, 987, 187, 779, 848, 162, 732, 165], [.. first[..5], .. first[^3..]]);
        Assert.Equal([663, 688, 287, 345, 320, 217, 104, 532], [.. second[..5], .. second[^3..]]);
        var large = new NumpyRandom(113).Order(25_000);
        Assert.Equal([7798, 13226, 18078, 793, 16236, 22690, 4828, 14501], [.. large[..4], .. large[^4..]]);
        Assert.Equal(Enumerable.Range(0, 25_000), large.Order());
    }

    [Fact]
    public void Texts_are_what_load_data_gives()
    {
        using var data = new Ingested().With("imdb.npz", Imdb).Run(builtIn: "imdb");
        // Keras's own code over the same file
        Assert.Equal([[1, 203, 2, 6], [1], [1, 4, 17, 25], [1, 8, 30003, 10, 11]], data.Lists<int>("train", 0));
        Assert.Equal([1, 0, 1, 0], data.Values<byte>("train", 1));
        Assert.Equal([[1, 13, 14], [1, 12]], data.Lists<int>("test", 0));
        Assert.Equal([1, 0], data.Values<byte>("test", 1));
        Assert.Equal(["negative", "positive"], data.Schema.Columns[1].Classes!);
        Assert.Equal(DatasetFormat.Npz, data.Schema.Format);
        Assert.Equal("expected the array x. Received: x_train.npy, y_train.npy, x_test.npy, y_test.npy.", new Ingested().With("reuters.npz", Imdb).Refused(builtIn: "reuters").Reason);
    }

    [Fact]
    public void Houses_are_ordered_and_split_as_load_data_does()
    {
        using var data = new Ingested().With("california_housing.npz", Houses).Run(builtIn: "california_housing");
        Assert.Equal([9000.0, 3000, 6000, 1000, 0, 7000, 4000, 8000], data.Values<double>("train", 1));
        Assert.Equal([2000.0, 5000], data.Values<double>("test", 1));
        Assert.Equal(Enumerable.Range(16, 8).Concat(Enumerable.Range(40, 8)).Select(i => i / 4.0), data.Values<double>("test", 0));
        Assert.Null(data.Schema.Columns[1].Classes);
    }

    [Theory]
    [InlineData("Y251bXB5LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcDAKKGNudW1weQpuZGFycmF5CnAxCihJMAp0cDIKY19jb2RlY3MKZW5jb2RlCnAzCihWYgpwNApWbGF0aW4xCnA1CnRwNgpScDcKdHA4ClJwOQooSTEKKEkyCnRwMTAKY251bXB5CmR0eXBlCnAxMQooVk84CnAxMgpJMDAKSTAxCnRwMTMKUnAxNAooSTMKVnwKcDE1Ck5OTkktMQpJLTEKSTYzCnRwMTYKYkkwMAoobHAxNwoobHAxOApJMQphSS01CmFJNzAwMDAKYWEobHAxOQpMMTA5OTUxMTYyNzc3NkwKYUkwCmFhdHAyMApiLg==")]
    [InlineData("Y251bXB5LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQAoY251bXB5Cm5kYXJyYXkKcQEoSwB0cQJjX2NvZGVjcwplbmNvZGUKcQMoWAEAAABicQRYBgAAAGxhdGluMXEFdHEGUnEHdHEIUnEJKEsBKEsCdHEKY251bXB5CmR0eXBlCnELKFgCAAAATzhxDEkwMApJMDEKdHENUnEOKEsDWAEAAAB8cQ9OTk5K/////0r/////Sz90cRBiSTAwCl1xEShdcRIoSwFK+////0pwEQEAZV1xEyhMMTA5OTUxMTYyNzc3NkwKSwBlZXRxFGIu")]
    [InlineData("gAJjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJjX2NvZGVjcwplbmNvZGUKcQNYAQAAAGJxBFgGAAAAbGF0aW4xcQWGcQZScQeHcQhScQkoSwFLAoVxCmNudW1weQpkdHlwZQpxC1gCAAAATzhxDImIh3ENUnEOKEsDWAEAAAB8cQ9OTk5K/////0r/////Sz90cRBiiV1xEShdcRIoSwFK+////0pwEQEAZV1xEyiKBgAAAAAAAUsAZWV0cRRiLg==")]
    [InlineData("gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsChXEGY251bXB5CmR0eXBlCnEHWAIAAABPOHEIiYiHcQlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LP3RxDGKJXXENKF1xDihLAUr7////SnARAQBlXXEPKIoGAAAAAAABSwBlZXRxEGIu")]
    [InlineData("gASVpwAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlChdlChLAUr7////SnARAQBlXZQoigYAAAAAAAFLAGVldJRiLg==")]
    [InlineData("gAWVpwAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlChdlChLAUr7////SnARAQBlXZQoigYAAAAAAAFLAGVldJRiLg==")]
    public void Lists_of_numbers_are_read_from_pickles_of_all_protocols(string pickle)
    {
        var bytes = Convert.FromBase64String(pickle);
        Assert.Equal([[1L, -5, 70_000], [1L << 40, 0]], new PickledLists(bytes, "x.npy").Read());
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<IngestException>(() => new PickledLists(bytes.AsMemory(0, length), "x.npy").Read());
        var random = new System.Random(4);
        for (var round = 0; round < 2_000; round++)
        {
            var changed = bytes.ToArray();
            changed[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                new PickledLists(changed, "x.npy").Read();
            }
            catch (IngestException refused)
            {
                Assert.Contains(refused.Code, (string[])["unsupported", "truncated"]);
            }
        }
    }

    [Theory]
    [InlineData("gAJjcG9zaXgKc3lzdGVtCnEALg==")] // os.system
    [InlineData("gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsBhXEGY251bXB5CmR0eXBlCnEHWAIAAABPOHEIiYiHcQlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LP3RxDGKJXXENY3Bvc2l4CnN5c3RlbQpxDlgRAAAAdG91Y2ggL3RtcC9jYW5hcnlxD4VxEFJxEWF0cRJiLg==")] // an array whose one object calls it
    public void A14_a_pickle_that_would_run_code_is_refused(string pickle) =>
        Assert.Equal("expected an array of lists. Received: \"posix.system\", which is not read.", Assert.Throws<IngestException>(() => new PickledLists(Convert.FromBase64String(pickle), "x.npy").Read()).Reason);

    [Fact]
    public void Cifar_is_read_in_the_order_of_its_files_channels_last()
    {
        using var data = new Ingested().With("cifar-10-binary.tar.gz", Tar(
            ("cifar-10-batches-bin/data_batch_3.bin", [.. Record([3], 30)]), ("cifar-10-batches-bin/data_batch_1.bin", [.. Record([9], 10), .. Record([1], 11)]),
            ("cifar-10-batches-bin/test_batch.bin", Record([0], 60)), ("cifar-10-batches-bin/data_batch_5.bin", Record([5], 50)),
            ("cifar-10-batches-bin/data_batch_4.bin", Record([4], 40)), ("cifar-10-batches-bin/data_batch_2.bin", Record([2], 20)))).Run(builtIn: "cifar10");
        Assert.Equal(DatasetFormat.Cifar, data.Schema.Format);
        Assert.Equal([9, 1, 2, 3, 4, 5], data.Values<byte>("train", 1));
        Assert.Equal([0], data.Values<byte>("test", 1));
        Assert.Equal("truck", data.Schema.Columns[1].Classes![9]);
        var pixels = data.Values<byte>("train", 0);
        Assert.Equal([10, 11, 12, 10, 11, 12], pixels[..6]); // red, green and blue planes hold 10, 11 and 12
        Assert.Equal([11, 12, 13], pixels[3072..3075]);
        using var hundred = new Ingested().With("cifar-100-binary.tar.gz", Tar(("cifar-100-binary/test.bin", Record([19, 99], 1)), ("cifar-100-binary/train.bin", Record([7, 42], 5)))).Run();
        Assert.Equal(["features", "coarse_label", "label"], hundred.ColumnNames);
        Assert.Equal((7, 42), (hundred.Values<byte>("train", 1)[0], hundred.Values<byte>("train", 2)[0]));
    }

    [Fact]
    public void A04_links_in_a_tar_are_refused()
    {
        foreach (var kind in new[] { TarEntryType.SymbolicLink, TarEntryType.HardLink, TarEntryType.Fifo, TarEntryType.CharacterDevice, TarEntryType.BlockDevice })
        {
            using var data = new Ingested().With("cifar-10-binary.tar.gz", Tar(kind, ("cifar-10-batches-bin/data_batch_1.bin", Record([9], 10))));
            var refused = data.Refused(builtIn: "cifar10");
            Assert.Equal("links_not_allowed", refused.Code);
            Assert.Equal($"expected files and folders. Received: \"d\", {kind}.", refused.Reason);
        }
        using var outside = new Ingested().With("cifar-10-binary.tar.gz", Tar(("../../x", [1])));
        Assert.Equal("expected names of files inside the archive. Received: \"../../x\", which leaves its folder.", outside.Refused(builtIn: "cifar10").Reason);
    }

    [Fact]
    public void Cifar_that_is_damaged_is_refused()
    {
        var whole = Tar(("cifar-10-batches-bin/data_batch_1.bin", Record([9], 10)));
        Assert.Equal("expected the file cifar-10-batches-bin/data_batch_2.bin. Received: 1 entries without it.", Refused(whole).Reason);
        Assert.Equal("bad_archive", Refused(whole[..(whole.Length / 2)]).Code);
        Assert.Equal("bad_archive", Refused([1, 2, 3]).Code);
        Assert.Equal("cifar-10-binary.tar.gz/cifar-10-batches-bin/data_batch_1.bin, row 1, column \"label\": expected 0 to 9. Received: 10.", Refused(Tar(("cifar-10-batches-bin/data_batch_1.bin", Record([10], 0)))).Message);
        Assert.Equal("expected records of 3073 bytes. Received: a file of 10.", Refused(Tar(("cifar-10-batches-bin/data_batch_1.bin", new byte[10]))).Reason);

        static IngestException Refused(byte[] archive)
        {
            using var data = new Ingested().With("cifar-10-binary.tar.gz", archive);
            return data.Refused(builtIn: "cifar10");
        }
    }

    [Fact]
    public void Mnist_is_read_from_the_files_that_are_shipped() => CheckDigits(Jobs.MnistFolder(), "mnist", [5, 0, 4, 1, 9], [7, 2, 1, 0, 4]);

    [Fact]
    public void Fashion_mnist_is_read_from_debians_package()
    {
        const string folder = "/usr/share/datasets/fashion-mnist";
        Assert.SkipUnless(Directory.Exists(folder), "needs Debian's package dataset-fashion-mnist");
        CheckDigits(folder, "fashion_mnist", [9, 0, 0, 3, 0], [9, 2, 1, 1, 6]);
    }

    private static void CheckDigits(string folder, string name, byte[] train, byte[] test)
    {
        using var data = new Ingested();
        foreach (var file in Directory.GetFiles(folder, "*.gz"))
            data.WithFile(Path.GetFileName(file), file);
        data.Run(builtIn: name);
        Assert.Equal((60_000, 10_000), (data.Schema.Splits["train"], data.Schema.Splits["test"]));
        Assert.Equal([28L, 28L], data.Schema.Columns[0].RowShape);
        Assert.Equal(10, data.Schema.Columns[1].Classes!.Count);
        Assert.Equal(train, data.Values<byte>("train", 1)[..5]);
        Assert.Equal(test, data.Values<byte>("test", 1)[..5]);
        Assert.Equal(60_000 * 784, data.Values<byte>("train", 0).Length);
    }

    /// <summary>Labels, then three planes of one value each.</summary>
    private static byte[] Record(byte[] labels, byte first) => [.. labels, .. Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Repeat((byte)(first + channel), 1_024))];

    private static byte[] Tar(params (string Name, byte[] Content)[] files) => Tar(null, files);

    private static byte[] Tar(TarEntryType? before, params (string Name, byte[] Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(bytes, CompressionLevel.Fastest)))
        {
            if (before is { } kind)
            {
                var special = new PaxTarEntry(kind, "d");
                if (kind is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                    special.LinkName = "/tmp";
                tar.WriteEntry(special);
            }
            foreach (var (name, content) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return bytes.ToArray();
    }
}
