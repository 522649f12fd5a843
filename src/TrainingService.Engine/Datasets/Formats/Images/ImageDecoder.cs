using System.Buffers;
using SkiaSharp;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Images;

/// <summary>
/// Decodes a picture to <c>(height, width, channels)</c> bytes. Sizes are judged by the header, before a pixel is decoded; what is cut or damaged
/// is refused, never filled up with grey. Transparency is dropped and no turning by EXIF is done, as in <c>tf.io.decode_image</c>.
/// </summary>
/// <remarks>Any thread may call it; what it allocates comes from pools.</remarks>
public static class ImageDecoder
{
    /// <summary>Largest picture that is decoded: 64 megapixels.</summary>
    public const long LargestPixels = 64 << 20;

    private const int RgbaBytes = 4;

    /// <summary>Reads a picture's header.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="file">Name of the file, whose ending must agree with the content; null where there is none.</param>
    /// <param name="place">What errors call it.</param>
    /// <param name="row">Its row, where it is one of many in a file.</param>
    /// <exception cref="IngestException">No picture, of a kind that is not read, or too large.</exception>
    public static ImageSize Measure(ReadOnlyMemory<byte> encoded, string? file, string? place, long? row = null)
    {
        var kind = ImageKind.Check(encoded.Span, file, place, row);
        using var pin = encoded.Pin();
        using var codec = Open(pin, encoded.Length, kind, place, row);
        return SizeOf(codec);
    }

    /// <summary>Decodes a picture, and resizes it when it has another size than the one that is asked for.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="form">Size and channels of the result.</param>
    /// <param name="target">Height × width × channels bytes.</param>
    /// <param name="file">Name of the file, whose ending must agree with the content; null where there is none.</param>
    /// <param name="place">What errors call it.</param>
    /// <param name="row">Its row, where it is one of many in a file.</param>
    /// <param name="crop">Cut to the new shape, around the middle, instead of distorting. Default: false.</param>
    /// <exception cref="IngestException">No picture, of a kind that is not read, too large, cut or damaged.</exception>
    public static unsafe void Decode(
        ReadOnlyMemory<byte> encoded, ImageSize form, Span<byte> target, string? file, string? place, long? row = null, bool crop = false)
    {
        if (target.Length != (long)form.Height * form.Width * form.Channels)
            throw new ArgumentException($"expected {form.Height} × {form.Width} × {form.Channels} bytes. Received: {target.Length}.", nameof(target));
        var kind = ImageKind.Check(encoded.Span, file, place, row);
        using var pin = encoded.Pin();
        using var codec = Open(pin, encoded.Length, kind, place, row);
        var size = Scaled(codec, form);
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        var pixels = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        try
        {
            SKCodecResult result;
            fixed (byte* first = pixels)
                result = codec.GetPixels(info, (IntPtr)first);
            if (result != SKCodecResult.Success)
                throw Damaged(result, kind, place, row);
            ImageResize.Bilinear(pixels.AsSpan(0, info.BytesSize), size.Height, size.Width, form, target, crop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>Encodes pixels as PNG.</summary>
    /// <param name="pixels">(height, width, channels).</param>
    /// <param name="size">Their form.</param>
    public static unsafe byte[] EncodePng(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        if (size.Channels is not (1 or 3) || pixels.Length != (long)size.Height * size.Width * size.Channels)
            throw new ArgumentException($"expected {size.Height} × {size.Width} × 1 or 3 bytes. Received: {pixels.Length} for {size.Channels} channels.", nameof(pixels));
        var info = new SKImageInfo(size.Width, size.Height, size.Channels == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        var wide = size.Channels == 1 ? pixels.ToArray() : WithAlpha(pixels);
        fixed (byte* first = wide)
        {
            using var pixmap = new SKPixmap(info, (IntPtr)first);
            using var data = pixmap.Encode(SKPngEncoderOptions.Default) ?? throw new InvalidOperationException($"{size} cannot be written as PNG.");
            return data.ToArray();
        }
    }

    private static byte[] WithAlpha(ReadOnlySpan<byte> rgb)
    {
        var rgba = new byte[rgb.Length / 3 * RgbaBytes];
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += RgbaBytes)
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (rgb[from], rgb[from + 1], rgb[from + 2], byte.MaxValue);
        return rgba;
    }

    private static unsafe SKCodec Open(MemoryHandle bytes, int length, string kind, string? place, long? row)
    {
        using var data = SKData.Create((IntPtr)bytes.Pointer, length);
        var codec = SKCodec.Create(data)
            ?? throw new IngestException(DatasetErrorCodes.BadHeader, $"expected {kind}, as the first bytes say. Received: a header that cannot be read.", place, row);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var complaint = (long)width * height > LargestPixels ? $"expected at most {LargestPixels} pixels. Received: {height} × {width}."
            : codec.FrameCount > 1 ? $"expected one picture. Received: an animation of {codec.FrameCount}." : null;
        if (complaint is null)
            return codec;
        codec.Dispose();
        throw new IngestException(DatasetErrorCodes.TooLarge, complaint, place, row);
    }

    private static ImageSize SizeOf(SKCodec codec) => new(codec.Info.Height, codec.Info.Width, codec.Info.ColorType == SKColorType.Gray8 ? 1 : 3);

    /// <summary>JPEG can be decoded at 1/8 to 7/8 of its size for less than the whole costs; the smallest one that is still as large as the result.</summary>
    private static SKSizeI Scaled(SKCodec codec, ImageSize form)
    {
        var full = new SKSizeI(codec.Info.Width, codec.Info.Height);
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
            return full;
        for (var eighths = 1; eighths < 8; eighths++)
        {
            var size = codec.GetScaledDimensions(eighths / 8f);
            if (size.Width >= form.Width && size.Height >= form.Height && size.Width < full.Width)
                return size;
        }
        return full;
    }

    private static IngestException Damaged(SKCodecResult result, string kind, string? place, long? row) => result switch
    {
        SKCodecResult.IncompleteInput => new(DatasetErrorCodes.Truncated, $"expected a whole {kind}. Received: one that is cut.", place, row),
        SKCodecResult.ErrorInInput => new(DatasetErrorCodes.BadValue, $"expected a whole {kind}. Received: one that is damaged.", place, row),
        _ => new(DatasetErrorCodes.BadValue, $"expected a {kind} that can be decoded. Received: one that cannot ({result}).", place, row),
    };
}
