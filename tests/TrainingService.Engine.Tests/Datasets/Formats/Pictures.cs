using SkiaSharp;

namespace TrainingService.Engine.Tests.Datasets.Formats;

/// <summary>Pictures for tests.</summary>
internal static class Pictures
{
    /// <summary>(3, 5, 3) with the values 0, 5, 10, … modulo 256; written by Python's zlib.</summary>
    public static readonly byte[] Ramp = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAAO0lEQVR4nAEwAM//AAAFCg8UGR4jKC0yNzxBRgBLUFVaX2RpbnN4fYKHjJEAlpugpaqvtLm+w8jN0tfcM0cTVxuvzAoAAAAASUVORK5CYII=");

    public static byte[] RampPixels => [.. Enumerable.Range(0, 45).Select(i => (byte)(i * 5))];

    /// <summary>A picture of one colour.</summary>
    public static byte[] Plain(SKEncodedImageFormat format, int width, int height, byte red, byte green, byte blue)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(red, green, blue));
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    public static byte[] Png(int width, int height, byte value = 100) => Plain(SKEncodedImageFormat.Png, width, height, value, value, value);

    /// <summary>A picture full of noise, which packs badly: decoding it is real work.</summary>
    public static byte[] Noise(SKEncodedImageFormat format, int width, int height, int seed)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var random = new System.Random(seed);
        for (var y = 0; y < height; y += 4)
        {
            for (var x = 0; x < width; x += 4)
            {
                var colour = new SKColor((byte)random.Next(256), (byte)(x * 255 / width), (byte)(y * 255 / height));
                for (var i = 0; i < 16; i++)
                    bitmap.SetPixel(Math.Min(x + i % 4, width - 1), Math.Min(y + i / 4, height - 1), colour);
            }
        }
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>An uncompressed BMP of 24 bits, rows from the bottom.</summary>
    public static byte[] Bmp(int width, int height, byte red, byte green, byte blue)
    {
        var rowBytes = (width * 3 + 3) / 4 * 4;
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write("BM"u8);
        writer.Write(54 + rowBytes * height);
        writer.Write(0);
        writer.Write(54);
        writer.Write(40);
        writer.Write(width);
        writer.Write(height);
        writer.Write((short)1);
        writer.Write((short)24);
        writer.Write(new byte[24]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                writer.Write([blue, green, red]);
            writer.Write(new byte[rowBytes - width * 3]);
        }
        return bytes.ToArray();
    }

    /// <summary>The head of a PNG that announces a size, with a little data behind it.</summary>
    public static byte[] PngOf(int width, int height)
    {
        using var bytes = new MemoryStream();
        bytes.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        var head = new byte[13];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head, width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 2);
        Chunk("IHDR"u8, head);
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize))
            zlib.Write(new byte[10 << 20]);
        Chunk("IDAT"u8, packed.ToArray());
        Chunk("IEND"u8, []);
        return bytes.ToArray();

        void Chunk(ReadOnlySpan<byte> type, byte[] data)
        {
            Span<byte> number = stackalloc byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            bytes.Write(number);
            byte[] body = [.. type, .. data];
            bytes.Write(body);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(number, System.IO.Hashing.Crc32.HashToUInt32(body));
            bytes.Write(number);
        }
    }
}
