using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Domain.Datasets;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Datasets;

public sealed class DatasetCatalogTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "deploy", "datasets");
    private readonly string _root = Directory.CreateTempSubdirectory("training-datasets-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Mnist_comes_as_keras_gives_it()
    {
        var catalog = Read(Shipped);

        var mnist = Assert.Single(catalog.All);
        Assert.Equal("mnist", mnist.Name);
        Assert.Equal((60_000L, 10_000L), (mnist.Splits["train"], mnist.Splits["test"]));
        Assert.Equal([28, 28], mnist.FeatureShape);
        Assert.Empty(mnist.LabelShape);
        Assert.Equal(("uint8", "uint8", 10, "CC BY-SA 3.0"), (mnist.FeatureDtype, mnist.LabelDtype, mnist.Classes, mnist.Licence));
        Assert.Equal(Path.Combine(Shipped, "mnist"), catalog.Find("mnist")!.Directory);
        Assert.Null(catalog.Find("../mnist"));
    }

    [Fact]
    public void A_data_set_that_is_not_there_cannot_be_named() => Assert.Empty(Read(_root).All);

    [Theory]
    [InlineData("train-images-idx3-ubyte.gz", 4, 1)] // another number of rows
    [InlineData("t10k-images-idx3-ubyte.gz", 11, 29)] // another shape
    [InlineData("train-labels-idx1-ubyte.gz", 2, 0x0D)] // another type
    [InlineData("t10k-labels-idx1-ubyte.gz", 500, 10)] // a label out of range
    public void F25_a_data_set_with_a_wrong_byte_that_matters_cannot_be_named(string file, int position, byte value)
    {
        CopyShipped();
        var path = Path.Combine(_root, "mnist", file);
        var bytes = Unpack(path);
        bytes[position] = value;
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            packed.Write(bytes);

        Assert.Empty(Read(_root).All);
    }

    [Fact]
    public void F25_a_data_set_that_was_cut_off_cannot_be_named()
    {
        CopyShipped();
        using (var file = File.OpenWrite(Path.Combine(_root, "mnist", "train-images-idx3-ubyte.gz")))
            file.SetLength(file.Length / 2);

        Assert.Empty(Read(_root).All);
    }

    private static DatasetCatalog Read(string root) => new(root, NullLogger<DatasetCatalog>.Instance);

    private void CopyShipped()
    {
        Directory.CreateDirectory(Path.Combine(_root, "mnist"));
        foreach (var file in Directory.GetFiles(Path.Combine(Shipped, "mnist"), "*.gz"))
            File.Copy(file, Path.Combine(_root, "mnist", Path.GetFileName(file)));
    }

    private static byte[] Unpack(string path)
    {
        using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }
}
