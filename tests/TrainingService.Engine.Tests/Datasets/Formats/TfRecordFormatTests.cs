using System.Text;
using Google.Protobuf;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.TfRecords;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class TfRecordFormatTests
{
    /// <summary>
    /// Three records by Debian's python3-protobuf over the published schema, framed with a bitwise CRC-32C: label 3, 0, 2; x of two floats; words of
    /// 3, 0 and 2 numbers; text; raw of two bytes; weight missing in the second.
    /// </summary>
    private static readonly byte[] ByPython = Convert.FromBase64String(
        "bQAAAAAAAAA9TeZxCmsKDgoFbGFiZWwSBRoDCgEDCg0KA3JhdxIGCgQKAgD/ChEKBHRleHQSCQoHCgVzw7zDnwoSCgZ3ZWlnaHQSCBIGCgQAAMA/ChAKBXdvcmRzEgcaBQoDAQIDChEKAXgSDBIKCggAAAA/AACgvw/RnJFSAAAAAAAAACXrB7cKUAoOCgVsYWJlbBIFGgMKAQAKDQoDcmF3EgYKBAoCgAEKDwoEdGV4dBIHCgUKA3R3bwoLCgV3b3JkcxICGgAKEQoBeBIMEgoKCPkCFVAAAABASsGy2noAAAAAAAAAE4mGeAp4Cg4KBWxhYmVsEgUaAwoBAgoNCgNyYXcSBgoECgIBAgoRCgR0ZXh0EgkKBwoFdGhyZWUKEgoGd2VpZ2h0EggSBgoEAACAPwodCgV3b3JkcxIUGhIKEPn//////////wGAgICAgCAKEQoBeBIMEgoKCAAAAAAAAGBAplZi1A==");

    [Fact]
    public void Features_become_columns()
    {
        using var data = new Ingested().With("train.tfrecord", ByPython).Run();
        Assert.Equal(DatasetFormat.Tfrecord, data.Schema.Format);
        Assert.Equal(["label", "raw", "text", "weight", "words", "x"], data.ColumnNames);
        Assert.Equal(["int64 ()", "uint8 (2)", "string ()", "float32 ()", "int64 (?)", "float32 (2)"], data.Schema.Columns.Select(column => $"{column.Dtype} ({string.Join(", ", column.RowShape.Select(size => size?.ToString() ?? "?"))})"));
        Assert.Equal(ColumnRole.Label, data.Schema.Columns[0].Role);
        Assert.Equal([3, 0, 2], data.Values<long>("train", 0));
        Assert.Equal([0, 255, 128, 1, 1, 2], data.Values<byte>("train", 1));
        Assert.Equal(["süß", "two", "three"], data.Texts("train", 2));
        Assert.Equal([1.5f, float.NaN, 1f], data.Values<float>("train", 3));
        Assert.Equal(1, data.Schema.Columns[3].Statistics!.Missing);
        Assert.Equal([[1, 2, 3], [], [-7, 1L << 40]], data.Lists<long>("train", 4));
        Assert.Equal([0.5f, -1.25f, 1e10f, 2, 0, 3.5f], data.Values<float>("train", 5));
        Assert.Equal(3, data.Rows);
    }

    [Fact]
    public void Files_are_put_together_by_split_gzipped_or_not()
    {
        var options = new IngestOptions(Types: new Dictionary<string, string> { ["label"] = "uint8", ["x"] = "float64" }, MaxRows: 4);
        using var data = new Ingested().With("train-00000-of-00002.tfrecord", ByPython).With("train-00001-of-00002.tfrecord.gz", Ingested.Gzip(ByPython)).With("test.tfrecord", ByPython).Run(options);
        Assert.Equal(4, data.Schema.Splits["train"]);
        Assert.Equal(3, data.Schema.Splits["test"]);
        Assert.Equal([3, 0, 2, 3], data.Values<byte>("train", 0));
        Assert.Equal([0.5, -1.25], data.Values<double>("test", 5)[..2]);
    }

    [Fact]
    public void Lists_that_are_not_packed_are_read_too()
    {
        // Old writers repeat the field instead of packing it.
        var example = Field(1, Field(1, [.. Field(1, "x"u8.ToArray()), .. Field(2, Field(2, [0x0d, 0, 0, 0x80, 0x3f, 0x0d, 0, 0, 0, 0x40]))],
            [.. Field(1, "label"u8.ToArray()), .. Field(2, Field(3, [0x08, 0x96, 0x01]))]));
        using var data = new Ingested().With("a.tfrecord", Framed(example)).Run();
        Assert.Equal([150L], data.Values<long>("train", 0));
        Assert.Equal([1f, 2f], data.Values<float>("train", 1));
    }

    [Fact]
    public void Pictures_are_decoded()
    {
        var example = Framed(Example(("image", 1, Field(1, Pictures.Ramp)), ("label", 3, [0x08, 1])));
        using var data = new Ingested().With("a.tfrecord", [.. example, .. example]).Run();
        Assert.Equal([3, 5, 3], data.Schema.Columns[0].RowShape.Select(size => (int)size!));
        Assert.Equal([.. Pictures.RampPixels, .. Pictures.RampPixels], data.Values<byte>("train", 0));
        var other = Framed(Example(("image", 1, Field(1, Pictures.Png(4, 2))), ("label", 3, [0x08, 0])));
        using var sizes = new Ingested().With("a.tfrecord", [.. example, .. other]).Run();
        Assert.Equal(ColumnInfo.ImageEncoding, sizes.Schema.Columns[0].Encoding);
        Assert.Equal(Pictures.Ramp, sizes.Lists<byte>("train", 0)[0]);
        using var resized = new Ingested().With("a.tfrecord", [.. example, .. other]).Run(new IngestOptions(ImageSize: new(2, 2)));
        Assert.Equal(24, resized.Values<byte>("train", 0).Length);
    }

    [Fact]
    public void Every_cut_is_refused_but_those_between_records()
    {
        long[] ends = [0, 109 + 16, 109 + 16 + 82 + 16];
        for (var length = 0; length < ByPython.Length; length++)
        {
            using var data = new Ingested().With("a.tfrecord", ByPython[..length]);
            if (length > 0 && ends.Contains(length))
                data.Run();
            else
                Assert.Equal(length == 0 ? "no_rows" : "truncated", data.Refused(new IngestOptions(DatasetFormat.Tfrecord)).Code);
        }
    }

    [Fact]
    public void Damage_is_found_by_the_checksum_of_its_record()
    {
        var damaged = ByPython.ToArray();
        damaged[140] ^= 1; // inside the second record
        using var data = new Ingested().With("a.tfrecord", damaged);
        var refused = data.Refused();
        Assert.Equal("checksum_mismatch", refused.Code);
        Assert.Equal(2, refused.Row);
        Assert.Matches("^expected the checksum [0-9a-f]{8} of its content. Received: [0-9a-f]{8}.$", refused.Reason);
        using var other = new Ingested().With("a.tfrecord", Encoding.UTF8.GetBytes("a,b,c\n1,2,3\n4,5,6\n"));
        Assert.EndsWith("so this is no TFRecord file.", other.Refused().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_lies_costs_no_memory()
    {
        var lying = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(lying, ulong.MaxValue);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(8), MaskedCrc32C.Of(lying.AsSpan(0, 8)));
        using var data = new Ingested().With("a.tfrecord", lying);
        Assert.Equal("expected records of at most 268435456 bytes. Received: 18446744073709551615.", data.Refused().Reason);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(lying, 200 << 20);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(8), MaskedCrc32C.Of(lying.AsSpan(0, 8)));
        using var shorter = new Ingested().With("a.tfrecord", lying);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("expected 209715200 bytes and their checksum. Received: 0 bytes.", shorter.Refused().Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    [Fact]
    public void What_does_not_go_together_is_refused_with_its_place()
    {
        Check([Example(("a", 3, [0x08, 1])), Example(("a", 2, [0x0d, 0, 0, 0, 0]))], "a.tfrecord, row 2, column \"a\": expected a list of Int64, as in the records before. Received: Float.");
        Check([Example(("a", 3, [0x08, 1])), Example(("b", 3, [0x08, 1]))], "a.tfrecord, row 1, column \"b\": expected this feature in every record. Received: a record without it.");
        Check([Example(("a", 1, [.. Field(1, "x"u8.ToArray()), .. Field(1, "y"u8.ToArray())]))], "a.tfrecord, column \"a\": expected one value of bytes per record. Received: 2 to 2.");
        Check([Example(("a", 1, Field(1, [0xff]))), Example(("a", 1, Field(1, [0xff, 0xfe])))], "a.tfrecord, column \"a\": expected pictures (JPEG, PNG, WebP or BMP), UTF-8, or bytes of one length in all records. Received: other bytes, 1 to 2 long.");
        Check([[0xff, 0xff]], "a.tfrecord, row 1: expected a tf.train.Example. Received: other bytes.");
        Check([[]], "a.tfrecord: expected records with features. Received: records without any.");
        using var types = new Ingested().With("a.tfrecord", ByPython);
        Assert.Equal("a.tfrecord, row 3, column \"words\": expected int32. Received: 1099511627776.", types.Refused(new IngestOptions(Types: new Dictionary<string, string> { ["words"] = "int32" })).Message);

        static void Check(byte[][] examples, string message)
        {
            using var data = new Ingested().With("a.tfrecord", [.. examples.SelectMany(Framed)]);
            Assert.Equal(message, data.Refused().Message);
        }
    }

    [Fact]
    public void Changed_bytes_of_an_example_are_refused_or_read_and_nothing_else()
    {
        var random = new System.Random(2);
        var length = (int)BitConverter.ToUInt64(ByPython);
        for (var round = 0; round < 3_000; round++)
        {
            var changed = ByPython[12..(12 + length)];
            for (var i = 0; i < 3; i++)
                changed[random.Next(length)] = (byte)random.Next(256);
            var example = new TfExample("a");
            try
            {
                example.Parse(changed, 1);
                foreach (var feature in example.Features.Values)
                {
                    if (feature.Kind == TfKind.Bytes)
                    {
                        foreach (var range in example.Texts(changed, feature, 1))
                            Assert.InRange(range.End.Value, range.Start.Value, length);
                    }
                    else if (feature.Kind == TfKind.Float)
                        example.Floats(changed, feature, 1);
                    else if (feature.Kind == TfKind.Int64)
                        example.Ints(changed, feature, 1);
                }
            }
            catch (Engine.Datasets.Formats.IngestException refused)
            {
                Assert.Equal("bad_value", refused.Code);
            }
        }
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        // RFC 3720 B.4 gives the CRC-32C of 32 zeros, 32 ones and 0…31; TFRecord's mask turns them by 15 and adds a constant.
        Assert.Equal(Mask(0x8a9136aa), MaskedCrc32C.Of(new byte[32]));
        Assert.Equal(Mask(0x62a8ab43), MaskedCrc32C.Of(Enumerable.Repeat((byte)255, 32).ToArray()));
        Assert.Equal(Mask(0x46dd794e), MaskedCrc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(Mask(0xe3069283), MaskedCrc32C.Of("123456789"u8));

        static uint Mask(uint crc) => ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static byte[] Example(params (string Name, int Kind, byte[] List)[] features) =>
        Field(1, [.. features.Select(feature => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(feature.Name)), .. Field(2, Field(feature.Kind, feature.List))])).SelectMany(bytes => bytes)]);

    private static byte[] Field(int number, params byte[][] contents)
    {
        using var bytes = new MemoryStream();
        using var writer = new CodedOutputStream(bytes);
        foreach (var content in contents)
        {
            writer.WriteTag(number, WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(ByteString.CopyFrom(content));
        }
        writer.Flush();
        return bytes.ToArray();
    }

    private static byte[] Framed(byte[] record) =>
    [
        .. BitConverter.GetBytes((ulong)record.Length), .. BitConverter.GetBytes(MaskedCrc32C.Of(BitConverter.GetBytes((ulong)record.Length))),
        .. record, .. BitConverter.GetBytes(MaskedCrc32C.Of(record)),
    ];
}
