using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;
using ImageSize = TrainingService.Engine.Datasets.Formats.Images.ImageSize;

namespace TrainingService.Engine.Datasets;

/// <summary>A stored column as rows of tensors: where no tensor has the column's dtype, or models do not compute in it, as another one.</summary>
/// <param name="column">The column; its store keeps it open.</param>
/// <param name="dtype">Dtype of the tensors; null is the column's own, with float64 as float32 and unsigned numbers of more than a byte as signed ones.</param>
internal sealed class StoredRows(StoredColumn column, string? dtype = null) : RowColumn
{
    private readonly string _dtype = dtype ?? column.Info.Dtype switch
    {
        "float64" => "float32",
        "uint16" => "int32",
        "uint32" or "uint64" => "int64",
        var own => own,
    };

    public override long Count => column.Rows;

    public override Shape Shape { get; } = new([null, .. column.Info.RowShape]);

    public override bool IsText => column.Info.Dtype == ColumnInfo.TextDtype;

    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        if (IsText)
            return Texts(rows);
        if (column.Info.Encoding is not null)
            return Pictures(rows);
        if (column.RowBytes is null)
            return Varying(rows);
        var values = empty([rows.Length, .. column.Info.RowShape.Select(size => size!.Value)], ElementTensors.TypeOf(column.Info.Dtype));
        if (rows.Length > 0)
            column.Gather(rows, values.bytes);
        return new TensorValue(ElementTensors.Widen(values, column.Info.Dtype, _dtype));
    }

    public override IEnumerable<long> Lengths(IEnumerable<long> rows) => rows.Select(row => (long)(column.Row(row).Length / ElementBytes));

    private int ElementBytes => Inner.Aggregate(ElementTypes.SizeOf(column.Info.Dtype), (bytes, size) => checked(bytes * (int)size));

    /// <summary>Sizes behind the axis in which rows differ.</summary>
    private IEnumerable<long> Inner => column.Info.RowShape is { Rank: > 0 } shape && shape.Skip(1).All(size => size is not null)
        ? shape.Skip(1).Select(size => size!.Value)
        : throw new DatasetException($"{column.Info.Name}: expected rows that differ in their first axis only. Received: rows of shape {column.Info.RowShape}.");

    private TextValue Texts(ReadOnlySpan<long> rows)
    {
        var texts = new string[rows.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = column.Text(rows[i]);
        return TextValue.Column(texts);
    }

    private RaggedValue Varying(ReadOnlySpan<long> rows)
    {
        var inner = Inner.ToArray();
        var values = new Tensor[rows.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var bytes = column.Row(rows[i]);
            values[i] = empty([bytes.Length / ElementBytes, .. inner], ElementTensors.TypeOf(column.Info.Dtype));
            if (bytes.Length > 0)
                bytes.CopyTo(values[i].bytes);
            values[i] = ElementTensors.Widen(values[i], column.Info.Dtype, _dtype);
        }
        return new RaggedValue(values);
    }

    /// <summary>Pictures of one size, or each of its own.</summary>
    private HostValue Pictures(ReadOnlySpan<long> rows)
    {
        var (height, width, channels) = (column.Info.RowShape[0], column.Info.RowShape[1], (int)(column.Info.RowShape[2] ?? 3));
        if (height is not null && width is not null)
        {
            var all = empty([rows.Length, height.Value, width.Value, channels], uint8);
            var each = checked((int)(height.Value * width.Value * channels));
            for (var i = 0; i < rows.Length; i++)
                Decode(rows[i], new ImageSize((int)height.Value, (int)width.Value, channels), all.bytes.Slice(i * each, each));
            return new TensorValue(all);
        }
        var pictures = new Tensor[rows.Length];
        for (var i = 0; i < pictures.Length; i++)
        {
            var own = ImageDecoder.Measure(column.Row(rows[i]).ToArray(), null, column.Info.Name, rows[i] + 1);
            pictures[i] = empty([height ?? own.Height, width ?? own.Width, channels], uint8);
            Decode(rows[i], new ImageSize((int)pictures[i].shape[0], (int)pictures[i].shape[1], channels), pictures[i].bytes);
        }
        return new RaggedValue(pictures);
    }

    private void Decode(long row, ImageSize size, Span<byte> target)
    {
        try
        {
            ImageDecoder.Decode(column.Row(row).ToArray(), size, target, null, column.Info.Name, row + 1);
        }
        catch (Formats.IngestException damaged)
        {
            throw new DatasetException($"{column.Info.Name}, row {row + 1}: {damaged.Message}", damaged);
        }
    }
}

/// <summary>Stored columns of one number per row side by side, as float32.</summary>
/// <param name="columns">In order; their store keeps them open.</param>
internal sealed class StackedRows(IReadOnlyList<StoredColumn> columns) : RowColumn
{
    public override long Count => columns[0].Rows;

    public override Shape Shape { get; } = new(null, columns.Count);

    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        var values = empty(rows.Length, columns.Count, dtype: float32);
        if (rows.Length == 0)
            return new TensorValue(values);
        var target = MemoryMarshal.Cast<byte, float>(values.bytes);
        for (var place = 0; place < columns.Count; place++)
            Fill(columns[place], rows, target, place);
        return new TensorValue(values);
    }

    private void Fill(StoredColumn column, ReadOnlySpan<long> rows, Span<float> target, int place)
    {
        switch (column.Info.Dtype)
        {
            case "float32": Fill<float>(column, rows, target, place); break;
            case "float64": Fill<double>(column, rows, target, place); break;
            case "float16": Fill<Half>(column, rows, target, place); break;
            case "int8": Fill<sbyte>(column, rows, target, place); break;
            case "int16": Fill<short>(column, rows, target, place); break;
            case "int32": Fill<int>(column, rows, target, place); break;
            case "int64": Fill<long>(column, rows, target, place); break;
            case "uint16": Fill<ushort>(column, rows, target, place); break;
            case "uint32": Fill<uint>(column, rows, target, place); break;
            case "uint64": Fill<ulong>(column, rows, target, place); break;
            default: Fill<byte>(column, rows, target, place); break; // bool and uint8
        }
    }

    private void Fill<T>(StoredColumn column, ReadOnlySpan<long> rows, Span<float> target, int place)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (var i = 0; i < rows.Length; i++)
            target[i * columns.Count + place] = float.CreateTruncating(column.Row<T>(rows[i])[0]);
    }
}

/// <summary>Tensors of the dtypes that columns have.</summary>
internal static class ElementTensors
{
    /// <summary>The type whose bytes are those of the column: an unsigned one is held as the signed one of its size.</summary>
    public static ScalarType TypeOf(string dtype) => dtype switch
    {
        "uint16" => ScalarType.Int16,
        "uint32" => ScalarType.Int32,
        "uint64" => ScalarType.Int64,
        _ => TensorTypes.Of(dtype),
    };

    /// <summary>The values in another dtype.</summary>
    /// <param name="values">As they are stored.</param>
    /// <param name="stored">Their dtype.</param>
    /// <param name="wanted">The one they get.</param>
    public static Tensor Widen(Tensor values, string stored, string wanted) => stored switch
    {
        "uint16" => values.to(ScalarType.Int32).bitwise_and(0xffff).to(TensorTypes.Of(wanted)),
        "uint32" => values.to(ScalarType.Int64).bitwise_and(0xffffffffL).to(TensorTypes.Of(wanted)),
        _ when stored == wanted => values,
        _ => values.to(TensorTypes.Of(wanted)),
    };
}
