using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TrainingService.Engine.Datasets.Formats.Images;

/// <summary>Bilinear interpolation with half-pixel centres and without antialiasing, as <c>tf.image.resize</c> and Keras's <c>image_dataset_from_directory</c>.</summary>
internal static class ImageResize
{
    private const int RgbaBytes = 4;

    /// <param name="rgba">(height, width, 4).</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="form">Size and channels of the result.</param>
    /// <param name="target">(height, width, channels), values rounded.</param>
    /// <param name="crop">Whether to cut to the new shape first, as Keras's <c>smart_resize</c>.</param>
    public static void Bilinear(ReadOnlySpan<byte> rgba, int height, int width, ImageSize form, Span<byte> target, bool crop)
    {
        if (form.Height == height && form.Width == width)
        {
            Copy(rgba, form.Channels, target);
            return;
        }
        var (top, left, cropHeight, cropWidth) = crop ? Crop(height, width, form) : (0, 0, height, width);
        var columns = Taps(left, cropWidth, form.Width);
        var rows = Taps(top, cropHeight, form.Height);
        var at = 0;
        foreach (var row in rows)
        {
            ReadOnlySpan<byte> upper = rgba.Slice(row.Low * width * RgbaBytes, width * RgbaBytes), lower = rgba.Slice(row.High * width * RgbaBytes, width * RgbaBytes);
            var down = Vector128.Create(row.Share);
            foreach (var column in columns)
            {
                int low = column.Low * RgbaBytes, high = column.High * RgbaBytes;
                var right = Vector128.Create(column.Share);
                var above = Between(Pixel(upper, low), Pixel(upper, high), right);
                var below = Between(Pixel(lower, low), Pixel(lower, high), right);
                Put(Between(above, below, down), form.Channels, target, ref at);
            }
        }
    }

    private readonly record struct Tap(int Low, int High, float Share);

    /// <summary>For each place of the result the two places of the source that it lies between.</summary>
    private static Tap[] Taps(int start, int from, int to)
    {
        var taps = new Tap[to];
        var scale = (float)from / to;
        for (var i = 0; i < to; i++)
        {
            var place = (i + 0.5f) * scale - 0.5f;
            var low = MathF.Floor(place);
            taps[i] = new Tap(start + Math.Max((int)low, 0), start + Math.Min((int)low + 1, from - 1), place - low);
        }
        return taps;
    }

    private static (int Top, int Left, int Height, int Width) Crop(int height, int width, ImageSize form)
    {
        var cropHeight = Math.Min(height, (int)((double)width * form.Height / form.Width));
        var cropWidth = Math.Min(width, (int)((double)height * form.Width / form.Height));
        (cropHeight, cropWidth) = (Math.Max(cropHeight, 1), Math.Max(cropWidth, 1));
        return ((height - cropHeight) / 2, (width - cropWidth) / 2, cropHeight, cropWidth);
    }

    /// <summary>The four bytes of a pixel as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pixel(ReadOnlySpan<byte> row, int at)
    {
        var bytes = Vector128.CreateScalar(BinaryPrimitives.ReadUInt32LittleEndian(row[at..])).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Between(Vector128<float> first, Vector128<float> second, Vector128<float> share) => first + (second - first) * share;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> pixel, int channels, Span<byte> target, ref int at)
    {
        if (channels == 1)
        {
            target[at++] = (byte)(Grey(pixel[0], pixel[1], pixel[2]) + 0.5f);
            return;
        }
        var rounded = Vector128.ConvertToInt32(pixel + Vector128.Create(0.5f));
        target[at + 2] = (byte)rounded[2];
        target[at + 1] = (byte)rounded[1];
        target[at] = (byte)rounded[0];
        at += 3;
    }

    private static void Copy(ReadOnlySpan<byte> rgba, int channels, Span<byte> target)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        if (channels == 1)
        {
            for (var i = 0; i < pixels.Length; i++)
                target[i] = (byte)(Grey(pixels[i] & 255, (pixels[i] >> 8) & 255, (pixels[i] >> 16) & 255) + 0.5f);
            return;
        }
        for (int i = 0, at = 0; i < pixels.Length; i++, at += 3)
            (target[at], target[at + 1], target[at + 2]) = ((byte)pixels[i], (byte)(pixels[i] >> 8), (byte)(pixels[i] >> 16));
    }

    /// <summary>Luma of ITU-R BT.601, as JPEG and Pillow have it.</summary>
    private static float Grey(float red, float green, float blue) => 0.299f * red + 0.587f * green + 0.114f * blue;
}
