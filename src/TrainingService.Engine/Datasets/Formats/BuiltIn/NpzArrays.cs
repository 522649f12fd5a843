using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Archives;
using TrainingService.Engine.Datasets.Formats.Arrays;
using TrainingService.Engine.Datasets.Formats.Pickles;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>The arrays of a <c>.npz</c> that Keras publishes, read whole: numbers, and lists of numbers (<see cref="PickledLists"/>).</summary>
internal sealed partial class NpzArrays : IDisposable
{
    private const int LargestBytes = 1 << 30;

    private readonly CheckedZip _zip;
    private readonly string _name;

    public NpzArrays(IngestFile file) => (_zip, _name) = (new CheckedZip(file.Path, file.Name, new ArchiveLimits(Entries: 100, EntryBytes: LargestBytes)), file.Name);

    /// <summary>An array of numbers.</summary>
    public (ArrayHeader Header, byte[] Values) Numbers(string array)
    {
        var place = $"{_name}/{array}.npy";
        using var content = Open(array);
        var header = NpyHeader.Read(content, place);
        if (header.BigEndian || header.ColumnMajor || header.TextBytes > 0)
            throw new IngestException(DatasetErrorCodes.Unsupported, "expected little-endian numbers, rows one after the other. Received: another order, or texts.", place);
        if (header.ValueBytes > LargestBytes)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {LargestBytes} bytes. Received: {header.ValueBytes}.", place);
        var values = new byte[header.ValueBytes];
        if (content.ReadAtLeast(values, values.Length, throwOnEndOfStream: false) is var read && read < values.Length)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected {values.Length} bytes of values. Received: {read}.", place);
        if (content.ReadByte() >= 0)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected {values.Length} bytes of values. Received: more.", place);
        return (header, values);
    }

    /// <summary>An array of class numbers.</summary>
    public long[] ClassNumbers(string array, int classes)
    {
        var (header, values) = Numbers(array);
        if (header.Dtype is not ("int64" or "int32" or "uint8") || header.Sizes.Count != 1)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected class numbers of shape (rows,). Received: {header.Written} of {header.Dtype}.", $"{_name}/{array}.npy");
        long[] numbers = header.Dtype switch
        {
            "int64" => [.. MemoryMarshal.Cast<byte, long>(values)],
            "int32" => [.. MemoryMarshal.Cast<byte, int>(values).ToArray().Select(number => (long)number)],
            _ => [.. values.Select(number => (long)number)],
        };
        var wrong = Array.FindIndex(numbers, number => number < 0 || number >= classes);
        return wrong < 0 ? numbers : throw new IngestException(DatasetErrorCodes.BadValue, $"expected 0 to {classes - 1}. Received: {numbers[wrong]}.", $"{_name}/{array}.npy", wrong + 1);
    }

    /// <summary>An array of lists of whole numbers.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Lists(string array)
    {
        var place = $"{_name}/{array}.npy";
        using var content = new MemoryStream();
        using (var packed = Open(array))
            packed.CopyTo(content);
        var bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
        var start = bytes.Length < 12 || bytes.Span[6] is 0 or > 3 ? 0
            : bytes.Span[6] == 1 ? 10 + MemoryMarshal.Read<ushort>(bytes.Span[8..]) : 12L + MemoryMarshal.Read<uint>(bytes.Span[8..]);
        if (start is 0 or > 65_536 || start > bytes.Length || !ObjectHeader().IsMatch(Encoding.Latin1.GetString(bytes.Span[..(int)start])))
            throw new IngestException(DatasetErrorCodes.BadHeader, "expected a .npy file of Python objects with one axis. Received: another header.", place);
        return new PickledLists(bytes[(int)start..], place).Read();
    }

    private Stream Open(string array) => _zip.Entries.FirstOrDefault(entry => entry.Name == $"{array}.npy") is { } entry
        ? _zip.Open(entry)
        : throw new IngestException(DatasetErrorCodes.BadShape, $"expected the array {array}. Received: {string.Join(", ", _zip.Entries.Select(entry => entry.Name))}.", _name);

    public void Dispose() => _zip.Dispose();

    [GeneratedRegex(@"\A\x93NUMPY.{4,6}?\{'descr': '\|O', 'fortran_order': False, 'shape': \(\d+,\), \}\s*\z", RegexOptions.Singleline)]
    private static partial Regex ObjectHeader();
}
