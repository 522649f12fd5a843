using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>The header of NumPy's format, versions 1 to 3: a magic, a length, and a Python dictionary with <c>descr</c>, <c>fortran_order</c> and <c>shape</c>.</summary>
/// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Nothing is evaluated and nothing is unpickled.</remarks>
internal static partial class NpyHeader
{
    private const int LongestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static ArrayHeader Read(Stream stream, string file)
    {
        Span<byte> start = stackalloc byte[8];
        var read = stream.ReadAtLeast(start, 8, throwOnEndOfStream: false);
        if (read < 8 || !start.StartsWith(Magic) || start[6] is 0 or > 3)
            throw new IngestException(DatasetErrorCodes.BadHeader, $"expected a .npy file of version 1 to 3 (934e554d5059…). Received: {Convert.ToHexStringLower(start[..read])}.", file);
        var length = ReadLength(stream, start[6] == 1 ? 2 : 4, file);
        var text = new byte[length];
        if (stream.ReadAtLeast(text, length, throwOnEndOfStream: false) is var got && got < length)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected a header of {length} bytes. Received: {got}.", file);
        return Parse(Encoding.UTF8.GetString(text), file).Checked(file);
    }

    private static int ReadLength(Stream stream, int bytes, string file)
    {
        Span<byte> length = stackalloc byte[4];
        length.Clear();
        if (stream.ReadAtLeast(length[..bytes], bytes, throwOnEndOfStream: false) < bytes)
            throw new IngestException(DatasetErrorCodes.Truncated, "expected the length of the header. Received: the end of the file.", file);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(length);
        return value <= LongestHeader
            ? (int)value
            : throw new IngestException(DatasetErrorCodes.TooLarge, $"expected a header of at most {LongestHeader} bytes. Received: {value}.", file);
    }

    private static ArrayHeader Parse(string header, string file)
    {
        var match = Dictionary().Match(header);
        if (!match.Success)
        {
            throw header.Contains("'descr': [", StringComparison.Ordinal)
                ? new IngestException(DatasetErrorCodes.Unsupported, "expected an array of one type. Received: a structured array; save each field as an array of its own.", file)
                : new IngestException(DatasetErrorCodes.BadHeader, $"expected {{'descr': …, 'fortran_order': …, 'shape': …}}. Received: {header[..Math.Min(header.Length, 200)].Trim()}", file);
        }
        var sizes = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = new long[sizes.Length];
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (!long.TryParse(sizes[axis].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[axis]))
                throw new IngestException(DatasetErrorCodes.TooLarge, $"expected sizes of axes below 2⁶³. Received: {sizes[axis]}.", file);
        }
        return Typed(match.Groups["descr"].Value, shape, match.Groups["order"].Value == "True" && shape.Length > 1, file);
    }

    private static ArrayHeader Typed(string descr, long[] shape, bool columnMajor, string file)
    {
        var bigEndian = descr[0] == '>';
        var kind = descr.TrimStart('<', '>', '|', '=');
        var dtype = kind switch
        {
            "b1" => "bool",
            "i1" => "int8",
            "i2" => "int16",
            "i4" => "int32",
            "i8" => "int64",
            "u1" => "uint8",
            "u2" => "uint16",
            "u4" => "uint32",
            "u8" => "uint64",
            "f2" => "float16",
            "f4" => "float32",
            "f8" => "float64",
            _ => null,
        };
        if (dtype is not null)
            return new ArrayHeader(dtype, shape, bigEndian, columnMajor);
        if (kind.Length > 1 && kind[0] is 'U' or 'S' && int.TryParse(kind[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is > 0 and <= 1 << 20)
            return new ArrayHeader(ColumnInfo.TextDtype, shape, bigEndian, columnMajor, kind[0] == 'U' ? 4 * length : length, kind[0] == 'U');
        throw new IngestException(
            DatasetErrorCodes.Unsupported,
            kind.StartsWith('O')
                ? "expected numbers or texts. Received: Python objects (dtype object), which are pickled and are not read."
                : $"expected booleans, integers, floats of 16 to 64 bits or texts. Received: dtype {descr}.",
            file);
    }

    [GeneratedRegex(@"^\s*\{(?=[^{}]*'descr'\s*:\s*'(?<descr>[<>|=]?[A-Za-z][0-9]*(\[[a-zA-Z0-9]*\])?)')(?=[^{}]*'fortran_order'\s*:\s*(?<order>True|False))(?=[^{}]*'shape'\s*:\s*\((?<shape>[0-9, L]*)\))[^{}]*\}\s*$", RegexOptions.None, 1_000)]
    private static partial Regex Dictionary();
}
