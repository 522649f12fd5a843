using System.Buffers.Binary;
using Google.Protobuf;

namespace TrainingService.Engine.Tests.Callbacks;

/// <summary>A summary as it stands in an event file.</summary>
internal sealed record ReadSummary(double WallTime, long Step, string Tag)
{
    public string Plugin { get; set; } = "";

    public string PluginContent { get; set; } = "";

    public int DataClass { get; set; }

    public int Dtype { get; set; }

    public List<long> Shape { get; } = [];

    public List<double> Numbers { get; } = [];

    public List<byte[]> Strings { get; } = [];
}

/// <summary>
/// Reads event files by the published formats alone: TFRecord's framing with its checksums, and the field numbers of TensorFlow's event.proto,
/// summary.proto and tensor.proto. It shares no code with the writer.
/// </summary>
internal static class EventReader
{
    /// <summary>Every summary of a file whose checksums and version hold.</summary>
    public static IReadOnlyList<ReadSummary> Read(byte[] file)
    {
        List<ReadSummary> summaries = [];
        var version = "";
        foreach (var record in Records(file))
            version += ReadEvent(record, summaries);
        Assert.Equal("brain.Event:2", version);
        return summaries;
    }

    /// <summary>The messages of a TFRecord file.</summary>
    public static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var message = file.AsSpan(at + 12, length).ToArray();
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return message;
            at += 12 + length + 4;
        }
    }

    /// <summary>CRC-32C (Castagnoli), a bit at a time.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFF;
        foreach (var each in bytes)
        {
            crc ^= each;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }
        return crc ^ 0xFFFFFFFF;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
    }

    private static string ReadEvent(byte[] message, List<ReadSummary> summaries)
    {
        var (time, step, version, first) = (0.0, 0L, "", summaries.Count);
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1: time = input.ReadDouble(); break;
                case 2: step = input.ReadInt64(); break;
                case 3: version = input.ReadString(); break;
                case 5: Each(input.ReadBytes(), (_, summary) => summaries.Add(ReadValue(summary.ReadBytes()))); break;
                default: Assert.Fail($"an event has the field {field}"); break;
            }
        });
        Assert.InRange(time, 1, 1e12);
        for (var index = first; index < summaries.Count; index++)
            summaries[index] = summaries[index] with { WallTime = time, Step = step };
        return version;
    }

    private static ReadSummary ReadValue(ByteString message)
    {
        var tag = "";
        var value = new ReadSummary(0, 0, "");
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1: tag = input.ReadString(); break;
                case 8: ReadTensor(input.ReadBytes(), value); break;
                case 9: ReadMetadata(input.ReadBytes(), value); break;
                default: Assert.Fail($"a value has the field {field}"); break;
            }
        });
        return value with { Tag = tag };
    }

    private static void ReadMetadata(ByteString message, ReadSummary value) => Each(message, (field, input) =>
    {
        switch (field)
        {
            case 1: Each(input.ReadBytes(), (inner, plugin) => ReadPlugin(inner, plugin.ReadString(), value)); break;
            case 4: value.DataClass = input.ReadEnum(); break;
            default: Assert.Fail($"metadata have the field {field}"); break;
        }
    });

    private static void ReadPlugin(int field, string text, ReadSummary value)
    {
        if (field == 1)
            value.Plugin = text;
        else
            value.PluginContent = text;
    }

    private static void ReadTensor(ByteString message, ReadSummary value) => Each(message, (field, input) =>
    {
        switch (field)
        {
            case 1: value.Dtype = input.ReadEnum(); break;
            case 2: Each(input.ReadBytes(), (_, shape) => Each(shape.ReadBytes(), (_, dim) => value.Shape.Add(dim.ReadInt64()))); break;
            case 5: ReadPacked(input.ReadBytes(), 4, value, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)); break;
            case 6: ReadPacked(input.ReadBytes(), 8, value, bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes)); break;
            case 8: value.Strings.Add(input.ReadBytes().ToByteArray()); break;
            default: Assert.Fail($"a tensor has the field {field}"); break;
        }
    });

    private static void ReadPacked(ByteString bytes, int size, ReadSummary value, Func<byte[], double> read) =>
        value.Numbers.AddRange(bytes.ToByteArray().Chunk(size).Select(read));

    private static void Each(ByteString message, Action<int, CodedInputStream> read) => Each(message.ToByteArray(), read);

    private static void Each(byte[] message, Action<int, CodedInputStream> read)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is > 0 and var tag)
            read(WireFormat.GetTagFieldNumber(tag), input);
    }
}
