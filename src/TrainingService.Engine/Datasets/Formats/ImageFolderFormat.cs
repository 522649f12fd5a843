using System.Buffers;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Folders;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>
/// Zips of pictures with a folder per class, as Keras's <c>image_dataset_from_directory</c> reads them: columns <c>image</c>, <c>label</c>, <c>file</c>.
/// Pictures of one size, or with <c>image_size</c>, are stored decoded; pictures of several sizes stay encoded, and a job decodes them.
/// </summary>
/// <param name="threads">Threads that decode. Default: as many as there are processors.</param>
public sealed class ImageFolderFormat(int? threads = null) : IFormatReader
{
    /// <summary>Largest file of a picture.</summary>
    public const int LargestBytes = 256 << 20;

    private readonly int _threads = threads ?? Environment.ProcessorCount;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        using var folders = new ClassFolders(files, options, ImageKind.IsPicture, $"pictures ({ImageKind.Expected})");
        var image = Column(folders, options, progress, ct);
        output.Declare(ColumnRoles.Assign([image, .. folders.MoreColumns], options, null));
        foreach (var (name, rows) in folders.Splits)
        {
            var split = output.Split(name);
            InOrder.Run(rows, _threads, file => Content(file, image, options.CropToAspectRatio), (file, content) =>
            {
                Append(split, image, content);
                ClassFolders.Append(split, file);
                progress.AddBytes(file.Entry.PackedLength);
                progress.AddRows(1);
            }, ct);
        }
    }

    /// <summary>What the pictures are together.</summary>
    private ColumnInfo Column(ClassFolders folders, IngestOptions options, IngestProgress progress, CancellationToken ct)
    {
        var first = Measure(folders.All.First());
        var channels = options.ColorMode switch { ColorMode.Rgb => 3, ColorMode.Grayscale => 1, _ => first.Channels };
        long? height = first.Height, width = first.Width;
        if (options.ImageSize is { } size)
            (height, width) = (Side(size[0]), Side(size[1]));
        else
        {
            InOrder.Run(folders.All, _threads, Measure, (_, other) =>
            {
                height = other.Height == height ? height : null;
                width = other.Width == width ? width : null;
                progress.AddBytes(0); // the bytes count when they are stored
            }, ct);
        }
        var encoded = height is null || width is null;
        return new ColumnInfo("image", ColumnRole.Feature, "uint8", encoded ? new Shape(null, null, channels) : new Shape(height, width, channels), Encoding: encoded ? ColumnInfo.ImageEncoding : null);
    }

    private static long Side(long? size) => size is >= 1 and <= 65_536
        ? size.Value : throw new IngestException(DatasetErrorCodes.BadOption, $"image_size: expected a height and a width of 1 to 65536. Received: {size}.", null);

    private static ImageSize Measure(ClassFile file)
    {
        var encoded = file.Archive.Read(file.Entry, LargestBytes);
        try
        {
            return ImageDecoder.Measure(encoded, file.Entry.Name, file.Place);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded.Array!);
        }
    }

    /// <summary>What is stored of a picture, in a rented array. One that stays encoded is decoded all the same: a damaged one is refused here, not in a job.</summary>
    private static ArraySegment<byte> Content(ClassFile file, ColumnInfo image, bool crop)
    {
        var encoded = file.Archive.Read(file.Entry, LargestBytes);
        var keeps = false;
        try
        {
            var form = image.Encoding is null
                ? new ImageSize((int)image.RowShape[0]!, (int)image.RowShape[1]!, (int)image.RowShape[2]!)
                : ImageDecoder.Measure(encoded, file.Entry.Name, file.Place);
            var pixels = ArrayPool<byte>.Shared.Rent(form.Height * form.Width * form.Channels);
            var used = new ArraySegment<byte>(pixels, 0, form.Height * form.Width * form.Channels);
            ImageDecoder.Decode(encoded, form, used, file.Entry.Name, file.Place, crop: crop);
            keeps = image.Encoding is not null;
            if (keeps)
                ArrayPool<byte>.Shared.Return(pixels);
            return keeps ? encoded : used;
        }
        finally
        {
            if (!keeps)
                ArrayPool<byte>.Shared.Return(encoded.Array!);
        }
    }

    private static void Append(SplitWriter split, ColumnInfo image, ArraySegment<byte> content)
    {
        if (image.Encoding is null)
            split.Fixed(0).Append(content);
        else
            split.Varying(0).Append(content);
        ArrayPool<byte>.Shared.Return(content.Array!);
    }
}
