using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Previews;

/// <summary>A row's value as JSON for people: long texts and long lists are cut, a missing number is null, and so is a picture.</summary>
internal static class PreviewValue
{
    private const int MostTextBytes = 2_000, MostEntries = 100;

    private static readonly JsonElement _null = JsonSerializer.SerializeToElement<object?>(null, ContractsJson.Options);

    public static JsonElement Of(StoredColumn column, long row) => column.Info switch
    {
        { Encoding: not null } => _null,
        { Dtype: ColumnInfo.TextDtype } => Element(Text(column.Row(row))),
        var info when PreviewPicture.Are(info) => _null,
        { RowShape.Rank: 0 } info => Numbers(info.Dtype, column.Row(row))[0],
        var info => Element(Numbers(info.Dtype, column.Row(row))),
    };

    /// <summary>Cut between characters.</summary>
    private static string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= MostTextBytes)
            return Encoding.UTF8.GetString(utf8);
        var end = MostTextBytes;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(utf8[..end]) + "…";
    }

    private static JsonElement[] Numbers(string dtype, ReadOnlySpan<byte> bytes) => dtype switch
    {
        "bool" => Values(bytes, value => Element(value != 0)),
        "int8" => Values<sbyte>(bytes, Element),
        "uint8" => Values<byte>(bytes, Element),
        "int16" => Values<short>(bytes, Element),
        "uint16" => Values<ushort>(bytes, Element),
        "int32" => Values<int>(bytes, Element),
        "uint32" => Values<uint>(bytes, Element),
        "int64" => Values<long>(bytes, Element),
        "uint64" => Values<ulong>(bytes, Element),
        "float16" => Values<Half>(bytes, value => Finite((double)value, value.ToString("R", CultureInfo.InvariantCulture))),
        "float32" => Values<float>(bytes, value => Finite(value, value.ToString("R", CultureInfo.InvariantCulture))),
        _ => Values<double>(bytes, value => Finite(value, value.ToString("R", CultureInfo.InvariantCulture))),
    };

    private static JsonElement[] Values(ReadOnlySpan<byte> bytes, Func<byte, JsonElement> element) => Values<byte>(bytes, element);

    private static JsonElement[] Values<T>(ReadOnlySpan<byte> bytes, Func<T, JsonElement> element)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        values = values[..Math.Min(values.Length, MostEntries)];
        var elements = new JsonElement[values.Length];
        for (var i = 0; i < values.Length; i++)
            elements[i] = element(values[i]);
        return elements;
    }

    /// <summary>With the digits that the type has, not those of a wider one.</summary>
    private static JsonElement Finite(double value, string digits) => double.IsFinite(value) ? JsonElement.Parse(digits) : _null;

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, ContractsJson.Options);
}
