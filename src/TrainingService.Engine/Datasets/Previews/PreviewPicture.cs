using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Datasets.Previews;

/// <summary>A row that is a picture, small enough to look at many.</summary>
internal static class PreviewPicture
{
    private const int LongestSide = 256;

    // Below it, numbers say more.
    private const int ShortestSide = 4;

    /// <summary>Whether the rows of a column are pictures: encoded, or bytes of (height, width) with 1 or 3 channels.</summary>
    public static bool Are(ColumnInfo column) => column.Encoding == ColumnInfo.ImageEncoding || SizeOf(column) is not null;

    /// <returns>A PNG; null when it is no picture, or has no bytes.</returns>
    public static byte[]? TryEncode(StoredColumn column, long row)
    {
        var bytes = column.Row(row);
        if (bytes.IsEmpty)
            return null;
        if (column.Info.Encoding == ColumnInfo.ImageEncoding)
            return Decoded(bytes.ToArray(), column.Info.Name, row);
        return SizeOf(column.Info) is { } size ? ImageDecoder.EncodePng(bytes, size) : null;
    }

    private static byte[] Decoded(byte[] encoded, string name, long row)
    {
        var size = ImageDecoder.Measure(encoded, file: null, name, row + 1);
        var scale = Math.Min(1, LongestSide / (double)Math.Max(size.Height, size.Width));
        var small = size with { Height = Math.Max(1, (int)(size.Height * scale)), Width = Math.Max(1, (int)(size.Width * scale)) };
        var pixels = new byte[small.Height * small.Width * small.Channels];
        ImageDecoder.Decode(encoded, small, pixels, file: null, name, row + 1);
        return ImageDecoder.EncodePng(pixels, small);
    }

    private static ImageSize? SizeOf(ColumnInfo column)
    {
        if (column.Dtype != "uint8" || column.RowShape.Elements is null || column.RowShape.Rank is not (2 or 3))
            return null;
        var channels = column.RowShape.Rank == 3 ? column.RowShape[2]!.Value : 1;
        var (height, width) = (column.RowShape[0]!.Value, column.RowShape[1]!.Value);
        return channels is 1 or 3 && height >= ShortestSide && width >= ShortestSide && height * width <= ImageDecoder.LargestPixels
            ? new ImageSize((int)height, (int)width, (int)channels) : null;
    }
}
