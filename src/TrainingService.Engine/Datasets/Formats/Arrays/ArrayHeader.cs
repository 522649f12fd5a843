using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>What stands in front of an array's values.</summary>
/// <param name="Dtype">Type of the values as they are stored in a column.</param>
/// <param name="Sizes">Of the axes; the first one counts rows.</param>
/// <param name="BigEndian">The most significant byte comes first.</param>
/// <param name="ColumnMajor">The first axis runs fastest, as in Fortran.</param>
/// <param name="TextBytes">Bytes of each text, which are filled up with zeros; 0 for numbers.</param>
/// <param name="Utf32">Texts are UTF-32, not bytes.</param>
internal sealed record ArrayHeader(string Dtype, IReadOnlyList<long> Sizes, bool BigEndian, bool ColumnMajor = false, int TextBytes = 0, bool Utf32 = false)
{
    private const long MostBytes = 1L << 44;

    public long Rows => Sizes[0];

    public Shape RowShape => new(Sizes.Skip(1).Select(size => (long?)size));

    public int ElementBytes => TextBytes > 0 ? TextBytes : ElementTypes.SizeOf(Dtype);

    public long RowBytes => Sizes.Skip(1).Aggregate((long)ElementBytes, (bytes, size) => bytes * size);

    public long ValueBytes => Rows * RowBytes;

    public string Written => Sizes.Count == 1 ? $"({Sizes[0]},)" : $"({string.Join(", ", Sizes)})";

    /// <summary>Refuses headers whose arrays cannot be rows of a column.</summary>
    public ArrayHeader Checked(string file)
    {
        if (Sizes.Count == 0)
            throw new IngestException(DatasetErrorCodes.BadShape, "expected an array with an axis of rows. Received: shape ().", file);
        Int128 bytes = ElementBytes;
        foreach (var size in Sizes)
            bytes = bytes > MostBytes ? bytes : bytes * size;
        if (bytes > MostBytes)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {MostBytes} bytes of values. Received: shape {Written} of {Dtype}.", file);
        if (Sizes.Skip(1).Any(size => size == 0))
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected rows with values. Received: shape {Written}.", file);
        if (TextBytes > 0 && Sizes.Count > 1)
            throw new IngestException(DatasetErrorCodes.Unsupported, $"expected one text per row. Received: texts of shape {Written}.", file);
        return this;
    }
}
