using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TorchSharp;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Exports;

[Collection(TrainingCollection.Name)]
public sealed class SafetensorsTests : IDisposable
{
    private readonly OutputFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "model.safetensors");

    [Fact]
    public void What_is_written_reads_back_whatever_the_order_in_memory()
    {
        using var scope = torch.NewDisposeScope();
        var kernel = torch.arange(24, dtype: torch.float32).view(2, 3, 4).permute(2, 0, 1); // not contiguous
        var steps = torch.tensor(7L);
        Safetensors.Write(File, [("a/kernel", kernel), ("steps", steps), ("none", torch.zeros(0, 3))], new Dictionary<string, string> { ["format"] = "keras" });

        var read = Safetensors.Read(File);

        Assert.Equal(["a/kernel", "steps", "none"], read.Keys);
        Assert.True(kernel.equal(read["a/kernel"]).all().item<bool>());
        Assert.Equal(7, read["steps"].item<long>());
        Assert.Equal([0, 3], read["none"].shape);
        Assert.Single(Directory.GetFiles(_folder.Path)); // no draft is left
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var values = torch.tensor(new float[] { 1, 2, 3, 4 }, 2, 2);
        Safetensors.Write(File, [("w", values)]);
        var bytes = _folder.Read("model.safetensors");
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        var header = JsonDocument.Parse(Encoding.UTF8.GetString(bytes, 8, length)).RootElement;
        Assert.Equal("""{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}""", header.GetProperty("w").GetRawText());
        Assert.Equal(3f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length + 8)));
        Assert.Equal(8 + length + 16, bytes.Length);
    }

    [Theory]
    [InlineData(0)] // header length
    [InlineData(-1)] // last value is missing
    public void Damaged_files_are_refused(int where)
    {
        using var values = torch.ones(4);
        Safetensors.Write(File, [("w", values)]);
        var bytes = _folder.Read("model.safetensors");
        if (where == 0)
            bytes[6] = 1;
        System.IO.File.WriteAllBytes(File, where < 0 ? bytes[..^1] : bytes);
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(File));
    }

    public void Dispose() => _folder.Dispose();
}
