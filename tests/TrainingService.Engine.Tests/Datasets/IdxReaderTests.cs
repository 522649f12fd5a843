using System.IO.Compression;
using TorchSharp;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Datasets;

[Collection(TrainingCollection.Name)]
public sealed class IdxReaderTests : IDisposable
{
    private static readonly byte[] TwoImages = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];

    private readonly OutputFolder _folder = new();

    [Theory]
    [InlineData("images")]
    [InlineData("images.gz")]
    public void A_file_is_read_plain_or_gzipped(string name)
    {
        using var images = IdxReader.ReadBytes(Write(name, TwoImages), axes: 3);
        Assert.Equal([2, 1, 3], images.shape);
        Assert.Equal([1, 2, 3, 4, 5, 255], images.data<byte>().ToArray());
    }

    [Theory]
    [InlineData(2, "expected an IDX file of unsigned bytes with 3 axes")] // another type of value
    [InlineData(3, "expected an IDX file of unsigned bytes with 3 axes")] // another number of axes
    [InlineData(7, "are announced")] // more rows than there are
    [InlineData(4, "are announced")] // far more rows than there are
    public void A_header_that_is_wrong_is_refused(int position, string message)
    {
        var bytes = TwoImages.ToArray();
        bytes[position] = 200;
        var refused = Assert.Throws<DatasetException>(() => IdxReader.ReadBytes(Write("images", bytes), axes: 3));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_cut_too_long_or_not_gzip_are_refused()
    {
        Assert.Throws<DatasetException>(() => IdxReader.ReadBytes(Write("cut", TwoImages[..10]), axes: 3));
        Assert.Contains("Received: more", Assert.Throws<DatasetException>(() => IdxReader.ReadBytes(Write("long", [.. TwoImages, 0]), axes: 3)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder.Path, "false.gz"), TwoImages);
        Assert.Throws<DatasetException>(() => IdxReader.ReadBytes(Path.Combine(_folder.Path, "false.gz"), axes: 3));
        Assert.Throws<DatasetException>(() => IdxReader.ReadBytes(Path.Combine(_folder.Path, "missing"), axes: 3));
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, name);
        using var file = File.Create(path);
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(bytes);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
