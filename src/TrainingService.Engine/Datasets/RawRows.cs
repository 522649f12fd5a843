using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Formats.Images;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Raw values of rows, as JSON, in the form in which the stored columns give them.</summary>
internal static class RawRows
{
    /// <summary>Shape of a batch of an input's raw values.</summary>
    public static Shape ShapeOf(PreparedInput input) => IsVector(input) ? new Shape(null, input.Columns.Count) : new Shape([null, .. input.Kinds[0].RowShape]);

    /// <summary>An input's raw values.</summary>
    /// <param name="rows">Objects by the names of the columns.</param>
    /// <param name="input">Names its columns.</param>
    /// <exception cref="DatasetException">A value is missing, or of another kind than the column's.</exception>
    public static HostValue Read(IReadOnlyList<JsonElement> rows, PreparedInput input)
    {
        if (IsVector(input))
        {
            var numbers = rows.SelectMany((row, number) => input.Columns.Select(column => (float)Number(Member(row, column, number), column, number))).ToArray();
            return new TensorValue(tensor(numbers, [rows.Count, input.Columns.Count]));
        }
        var kind = input.Kinds[0];
        if (kind.Dtype == ColumnInfo.TextDtype)
            return TextValue.Column([.. rows.Select((row, number) => Member(row, kind.Name, number) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Expected("a text", kind.Name, number, Member(row, kind.Name, number)))]);
        return HostBatches.Together([.. rows.Select((row, number) => (HostValue)new TensorValue(Tensor(Member(row, kind.Name, number), kind, number).unsqueeze(0)))]);
    }

    private static bool IsVector(PreparedInput input) => input.Columns.IsList && input.Kinds.All(kind => kind.IsScalarNumber());

    private static Tensor Tensor(JsonElement value, ColumnInfo kind, int row)
    {
        if (kind.Encoding is not null && value.ValueKind == JsonValueKind.String)
            return Picture(value, kind, row);
        List<double> numbers = [];
        List<long> sizes = [];
        Collect(value, 0, numbers, sizes, kind.Name, row);
        if (!new Shape(sizes.Select(size => (long?)size)).IsCompatibleWith(kind.RowShape))
            throw new DatasetException($"row {row + 1}, {kind.Name}: expected values of shape {kind.RowShape}. Received: ({string.Join(", ", sizes)}).");
        var dtype = kind.Dtype switch { "float64" => "float32", "uint16" => "int32", "uint32" or "uint64" => "int64", var own => own };
        return tensor(numbers.ToArray(), sizes.ToArray()).to(TensorTypes.Of(dtype));
    }

    private static void Collect(JsonElement value, int depth, List<double> numbers, List<long> sizes, string column, int row)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            if (depth < sizes.Count)
                throw Expected("lists that are all as deep", column, row, value);
            numbers.Add(Number(value, column, row));
            return;
        }
        var length = value.GetArrayLength();
        if (depth == sizes.Count && (numbers.Count == 0 || depth == 0))
            sizes.Add(length);
        else if (depth >= sizes.Count || sizes[depth] != length)
            throw Expected($"lists of one length, {(depth < sizes.Count ? sizes[depth] : 0)}", column, row, value);
        foreach (var item in value.EnumerateArray())
            Collect(item, depth + 1, numbers, sizes, column, row);
    }

    /// <summary>An encoded picture in base 64.</summary>
    private static Tensor Picture(JsonElement value, ColumnInfo kind, int row)
    {
        if (!value.TryGetBytesFromBase64(out var encoded))
            throw Expected("a picture in base 64", kind.Name, row, value);
        try
        {
            var own = ImageDecoder.Measure(encoded, null, kind.Name, row + 1);
            var pixels = empty([kind.RowShape[0] ?? own.Height, kind.RowShape[1] ?? own.Width, kind.RowShape[2] ?? 3], uint8);
            ImageDecoder.Decode(encoded, new((int)pixels.shape[0], (int)pixels.shape[1], (int)pixels.shape[2]), pixels.bytes, null, kind.Name, row + 1);
            return pixels;
        }
        catch (Formats.IngestException damaged)
        {
            throw new DatasetException($"row {row + 1}, {kind.Name}: {damaged.Message}", damaged);
        }
    }

    /// <summary>A number; nothing is what a missing value is: not a number.</summary>
    private static double Number(JsonElement value, string column, int row) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Null => double.NaN,
        _ => throw Expected("a number", column, row, value),
    };

    private static JsonElement Member(JsonElement row, string column, int number) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(column, out var value) ? value
            : throw new DatasetException($"row {number + 1}: expected a value of {column}. Received: {(row.ValueKind == JsonValueKind.Object ? $"only {string.Join(", ", row.EnumerateObject().Select(member => member.Name).Take(20))}" : row.ValueKind)}.");

    private static DatasetException Expected(string what, string column, int row, JsonElement value) =>
        new($"row {row + 1}, {column}: expected {what}. Received: {(value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText())}.");
}
