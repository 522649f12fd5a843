using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>A checkpoint's file is read as it was written, or not at all.</summary>
[Collection(TrainingCollection.Name)]
public sealed class CheckpointFileTests : IDisposable
{
    private readonly OutputFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "1.ckpt");

    [Fact]
    public void Values_and_tensors_come_back_bit_by_bit()
    {
        using var content = Content();
        var (size, sha256) = CheckpointFile.Write(File, content);
        Assert.Equal(size, new FileInfo(File).Length);
        Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(_folder.Read("1.ckpt"))));
        using var read = CheckpointFile.Read(File);
        Assert.Equal(content.Values.ToJsonString(), read.Values.ToJsonString());
        Assert.Equal(content.Tensors.Keys, read.Tensors.Keys);
        foreach (var (name, tensor) in content.Tensors)
            Assert.Equal((tensor.dtype, Convert.ToHexString(tensor.bytes)), (read.Tensors[name].dtype, Convert.ToHexString(read.Tensors[name].bytes)));
        // Any reader of safetensors reads it.
        var plain = Safetensors.Read(File);
        Assert.Equal([.. content.Tensors.Keys, "sha256"], plain.Keys);
        foreach (var tensor in plain.Values)
            tensor.Dispose();
    }

    [Fact]
    public void F25_rotten_bytes_are_refused_wherever_they_are()
    {
        using var content = Content();
        CheckpointFile.Write(File, content);
        var bytes = _folder.Read("1.ckpt");
        for (var at = 0; at < bytes.Length; at += 7)
        {
            var rotten = bytes.ToArray();
            rotten[at] ^= (byte)(1 << (at % 8));
            Refused(rotten);
        }
        foreach (var length in new[] { 0, 1, 8, 40, bytes.Length / 2, bytes.Length - 1 })
            Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused([.. bytes[..512], .. new byte[512], .. bytes[1024..]]);
        Refused(new byte[bytes.Length]);
        System.IO.File.Delete(File);
        Assert.Contains("Received", Assert.Throws<CheckpointException>(() => CheckpointFile.Read(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F35_a_version_that_is_not_known_is_refused_by_name()
    {
        using var content = Content();
        CheckpointFile.Write(File, content, version: 7);
        Assert.Equal("expected version 1 of the checkpoint format. Received: version 7.", Assert.Throws<CheckpointException>(() => CheckpointFile.Read(File)).Message);
    }

    [Fact]
    public void Reading_and_refusing_leaves_no_tensor_behind()
    {
        using var content = Content();
        CheckpointFile.Write(File, content, version: 7);
        var before = LiveTensors.Settled();
        Assert.Throws<CheckpointException>(() => CheckpointFile.Read(File));
        Assert.Equal(before, Tensor.TotalCount);
        CheckpointFile.Write(File, content);
        CheckpointFile.Read(File).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private void Refused(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Throws<CheckpointException>(() => CheckpointFile.Read(File));
    }

    private static CheckpointContent Content()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var state = new StateWriter();
        state.AddValue("step", 12);
        state.AddValue("text", "„é“");
        var inner = state.At("inner");
        inner.Add("float", rand([3, 5, 7], generator: generator).permute(2, 0, 1));
        inner.Add("half", rand([4], generator: generator).to(bfloat16));
        inner.Add("double", tensor(double.NaN, float64));
        inner.Add("number", tensor(1L << 60));
        inner.Add("empty", zeros(0, uint8));
        inner.Add("generator", generator.get_state());
        return state.Content;
    }

    public void Dispose() => _folder.Dispose();
}
