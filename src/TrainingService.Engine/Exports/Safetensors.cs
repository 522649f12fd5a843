using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Exports;

/// <summary>The safetensors format: 8 bytes of header length, a JSON header, raw little-endian values.</summary>
public static class Safetensors
{
    private const long LargestHeader = 100_000_000; // the limit of the reference implementation

    private static readonly (ScalarType Type, string Name)[] Dtypes =
    [
        (float32, "F32"), (float64, "F64"), (float16, "F16"), (bfloat16, "BF16"), (int64, "I64"), (int32, "I32"), (int16, "I16"), (int8, "I8"), (uint8, "U8"), (@bool, "BOOL"),
    ];

    /// <summary>Writes tensors, row-major in their logical axis order; the file appears when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Name and values; the order is kept.</param>
    /// <param name="metadata">Texts for the header.</param>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Values)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, tensors, metadata);
            foreach (var (_, values) in tensors)
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                WriteValues(stream, values.detach().cpu().contiguous().view(-1));
            }
        });

    /// <summary>Writes what comes before the values.</summary>
    internal static void WriteHeader(Stream stream, IReadOnlyList<(string Name, Tensor Values)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(Header(tensors, metadata));
        var padded = (header.Length + 7) / 8 * 8; // values begin aligned
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(header);
        for (var i = header.Length; i < padded; i++)
            stream.WriteByte((byte)' ');
    }

    /// <summary>Reads tensors; the caller disposes of them.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path) => Read(path, out _);

    /// <summary>Reads tensors and the header's texts.</summary>
    internal static OrderedDictionary<string, Tensor> Read(string path, out IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = File.OpenRead(path);
        var prefix = new byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > Math.Min(LargestHeader, stream.Length - 8))
            throw new InvalidDataException($"expected a header within the file. Received: a length of {length}.");
        var header = new byte[length];
        stream.ReadExactly(header);
        using var json = JsonDocument.Parse(header);
        metadata = json.RootElement.TryGetProperty("__metadata__", out var texts)
            ? texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString() ?? "") : [];
        OrderedDictionary<string, Tensor> tensors = [];
        foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
            tensors[entry.Name] = ReadValues(stream, 8 + length, entry);
        return tensors;
    }

    private static JsonObject Header(IReadOnlyList<(string Name, Tensor Values)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new JsonObject();
        if (metadata is not null)
            header["__metadata__"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        long offset = 0;
        foreach (var (name, values) in tensors)
        {
            var end = offset + values.numel() * values.dtype.ElementSize();
            header[name] = new JsonObject
            {
                ["dtype"] = Dtypes.First(pair => pair.Type == values.dtype).Name,
                ["shape"] = new JsonArray([.. values.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray((JsonNode)offset, (JsonNode)end),
            };
            offset = end;
        }
        return header;
    }

    /// <summary>Writes the values of a tensor of one axis in the CPU's memory.</summary>
    internal static void WriteValues(Stream stream, Tensor values)
    {
        const long step = 1 << 24; // elements at a time: a span cannot be longer than 2 GB
        for (long start = 0; start < values.shape[0]; start += step)
        {
            using var part = values.narrow(0, start, Math.Min(step, values.shape[0] - start));
            stream.Write(part.bytes);
            Training.Pulse.Beat();
        }
    }

    private static Tensor ReadValues(FileStream stream, long dataStart, JsonProperty entry)
    {
        var dtype = entry.Value.GetProperty("dtype").GetString();
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        var known = Dtypes.FirstOrDefault(pair => pair.Name == dtype);
        if (known.Name is null || offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || dataStart + offsets[1] > stream.Length)
            throw new InvalidDataException($"{entry.Name}: unknown dtype \"{dtype}\" or offsets outside of the file.");
        var values = empty(shape, known.Type);
        if (values.numel() * values.dtype.ElementSize() != offsets[1] - offsets[0])
            throw new InvalidDataException($"{entry.Name}: shape and offsets do not agree.");
        if (values.numel() == 0)
            return values;
        stream.Position = dataStart + offsets[0];
        stream.ReadExactly(values.bytes);
        return values;
    }
}
