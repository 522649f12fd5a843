using System.Diagnostics;
using System.Text;
using SkiaSharp;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class ImageDecoderTests
{
    [Fact]
    public void A_picture_of_another_program_comes_back_pixel_by_pixel()
    {
        Assert.Equal(new ImageSize(3, 5, 3), ImageDecoder.Measure(Pictures.Ramp, "a.png", "a.png"));
        Assert.Equal(Pictures.RampPixels, Decode(Pictures.Ramp, 3, 5, 3));
        Assert.Equal(Pictures.RampPixels.Chunk(3).Select(p => (byte)(0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2] + 0.5f)), Decode(Pictures.Ramp, 3, 5, 1));
    }

    [Fact]
    public void Resizing_gives_what_the_formula_of_tensorflow_gives()
    {
        // By NumPy, after tensorflow/core/kernels/image/resize_bilinear_op: half-pixel centres, no antialiasing, rounded.
        Assert.Equal([30, 35, 40, 68, 73, 78, 143, 148, 153, 180, 185, 190], Decode(Pictures.Ramp, 2, 2, 3));
        Assert.Equal([38, 43, 48, 60, 65, 70, 150, 155, 160, 173, 178, 183], Decode(Pictures.Ramp, 2, 2, 3, crop: true));
        Assert.Equal(
            [
                0, 5, 10, 9, 14, 19, 19, 24, 29, 30, 35, 40, 41, 46, 51, 51, 56, 61, 60, 65, 70, 47, 52, 57, 55, 60, 65, 66, 71, 76, 77, 82, 87, 88, 93, 98, 98, 103, 108, 107, 112, 117,
                103, 108, 113, 112, 117, 122, 122, 127, 132, 133, 138, 143, 144, 149, 154, 155, 160, 165, 163, 168, 173, 150, 155, 160, 159, 164, 169, 169, 174, 179, 180, 185, 190, 191,
                196, 201, 201, 206, 211, 210, 215, 220,
            ],
            Decode(Pictures.Ramp, 4, 7, 3));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    [InlineData(SKEncodedImageFormat.Bmp)]
    public void All_kinds_are_decoded_at_every_size(SKEncodedImageFormat format)
    {
        var encoded = format == SKEncodedImageFormat.Bmp ? Pictures.Bmp(33, 17, 200, 100, 50) : Pictures.Plain(format, 33, 17, 200, 100, 50);
        foreach (var (height, width) in new[] { (17, 33), (8, 8), (2, 3), (40, 50), (1, 1) })
        {
            foreach (var pixel in Decode(encoded, height, width, 3).Chunk(3))
            {
                Assert.InRange(pixel[0], 198, 202);
                Assert.InRange(pixel[1], 98, 102);
                Assert.InRange(pixel[2], 48, 52);
            }
        }
    }

    [Fact]
    public void Grey_pictures_have_one_channel()
    {
        using var bitmap = new SKBitmap(6, 4, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(77, 77, 77));
        foreach (var format in new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg })
        {
            using var data = bitmap.Encode(format, 100);
            Assert.Equal(new ImageSize(4, 6, 1), ImageDecoder.Measure(data.ToArray(), null, null));
            Assert.All(Decode(data.ToArray(), 4, 6, 1), value => Assert.InRange(value, 76, 78));
        }
    }

    [Fact]
    public void Encoded_pixels_come_back()
    {
        Assert.Equal(Pictures.RampPixels, Decode(ImageDecoder.EncodePng(Pictures.RampPixels, new ImageSize(3, 5, 3)), 3, 5, 3));
        Assert.Equal([1, 2, 3, 4, 5, 6], Decode(ImageDecoder.EncodePng([1, 2, 3, 4, 5, 6], new ImageSize(2, 3, 1)), 2, 3, 1));
    }

    [Theory]
    [InlineData(50_000, 50_000)]
    [InlineData(1, 1_000_000_000)]
    [InlineData(8_193, 8_192)]
    public void A16_a_flood_of_pixels_is_refused_by_the_header(int height, int width)
    {
        var flood = Pictures.PngOf(width, height);
        Assert.InRange(flood.Length, 1_000, 20_000);
        var before = Process.GetCurrentProcess().WorkingSet64;
        var refused = Refused(flood, "a.png");
        Assert.InRange(Process.GetCurrentProcess().WorkingSet64 - before, long.MinValue, 64 << 20);
        if (width > 10_000_000) // Skia itself does not read such a header
            Assert.Equal("expected PNG, as the first bytes say. Received: a header that cannot be read.", refused.Reason);
        else
            Assert.Equal($"expected at most 67108864 pixels. Received: {height} × {width}.", refused.Reason);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, "a.jpg")]
    [InlineData(SKEncodedImageFormat.Png, "a.png")]
    [InlineData(SKEncodedImageFormat.Webp, "a.webp")]
    public void A16_cut_pictures_are_refused(SKEncodedImageFormat format, string name)
    {
        var whole = Pictures.Noise(format, 64, 48, seed: 1);
        foreach (var length in new[] { 0, 1, 4, 20, whole.Length / 4, whole.Length / 2, whole.Length * 9 / 10 })
        {
            var refused = Refused(whole[..length], name);
            Assert.Contains(refused.Code, (string[])["truncated", "bad_header", "bad_value", "unsupported"]);
            Assert.Equal(name, refused.File);
        }
    }

    [Theory]
    [InlineData("GIF89a\u0001\0\u0001\0", "a.png", "expected a picture: JPEG, PNG, WebP or BMP. Received: GIF.")]
    [InlineData("<?xml version=\"1.0\"?><svg/>", "a.png", "expected a picture: JPEG, PNG, WebP or BMP. Received: XML, such as SVG.")]
    [InlineData("  <svg xmlns=\"http://www.w3.org/2000/svg\"/>", "a.jpg", "expected a picture: JPEG, PNG, WebP or BMP. Received: XML, such as SVG.")]
    [InlineData("%PDF-1.4", "a.jpg", "expected a picture: JPEG, PNG, WebP or BMP. Received: PDF.")]
    [InlineData("PK\u0003\u0004polyglot", "a.png", "expected a picture: JPEG, PNG, WebP or BMP. Received: a zip archive.")]
    [InlineData("", "a.png", "expected a picture: JPEG, PNG, WebP or BMP. Received: an empty file.")]
    [InlineData("ELF file", "a.png", "expected a picture: JPEG, PNG, WebP or BMP. Received: a file that begins with the bytes 454c462066696c65.")]
    public void A16_what_is_no_picture_is_refused(string content, string name, string message)
    {
        var refused = Refused(Encoding.Latin1.GetBytes(content), name);
        Assert.Equal("unsupported", refused.Code);
        Assert.Equal(message, refused.Reason);
    }

    [Fact]
    public void A16_a_wrong_ending_is_refused()
    {
        var refused = Refused(Pictures.Ramp, "cat.jpg");
        Assert.Equal("bad_value", refused.Code);
        Assert.Equal("expected JPEG, as the name says. Received: PNG.", refused.Reason);
    }

    [Fact]
    public void A16_changed_bytes_are_refused_or_decoded_and_nothing_else()
    {
        var random = new System.Random(3);
        foreach (var whole in new[] { Pictures.Noise(SKEncodedImageFormat.Jpeg, 32, 24, 1), Pictures.Noise(SKEncodedImageFormat.Png, 32, 24, 1), Pictures.Noise(SKEncodedImageFormat.Webp, 32, 24, 1), Pictures.Bmp(32, 24, 1, 2, 3) })
        {
            for (var round = 0; round < 500; round++)
            {
                var changed = whole.ToArray();
                for (var i = 0; i < 3; i++)
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                try
                {
                    Decode(changed, 16, 16, 3);
                }
                catch (IngestException refused)
                {
                    Assert.Contains(refused.Code, (string[])["truncated", "bad_header", "bad_value", "unsupported", "too_large"]);
                }
            }
        }
    }

    private static IngestException Refused(byte[] encoded, string name) =>
        Assert.Throws<IngestException>(() => ImageDecoder.Decode(encoded, new ImageSize(8, 8, 3), new byte[192], name, name));

    private static byte[] Decode(byte[] encoded, int height, int width, int channels, bool crop = false)
    {
        var pixels = new byte[height * width * channels];
        ImageDecoder.Decode(encoded, new ImageSize(height, width, channels), pixels, null, null, crop: crop);
        return pixels;
    }
}
