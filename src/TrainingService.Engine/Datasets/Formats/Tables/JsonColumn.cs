using System.Globalization;
using System.Numerics;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Writes the values of a member, once per row.</summary>
internal sealed class JsonColumn(ColumnWriter writer, ValueKind? kind, IngestOptions options, MissingValues missing)
{
    private readonly TableColumn? _values = writer.Info.RowShape.Rank == 0 ? new TableColumn(writer, kind, options, missing) : null;
    private readonly Action<JsonElement, string, long>? _lists = writer.Info.RowShape.Rank == 0 ? null : Lists(writer);
    private long _rows;

    public void Add(JsonElement value, string file, long row)
    {
        if (++_rows != row)
            throw new IngestException(DatasetErrorCodes.BadValue, "expected each member once. Received: this one twice.", file, row, writer.Info.Name);
        if (_lists is not null)
            _lists(value, file, row);
        else if (value.ValueKind == JsonValueKind.Null)
            _values!.AddMissing("", file, row);
        else if (value.ValueKind == JsonValueKind.Array)
            throw new WiderColumnException();
        else
            _values!.Add(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), file, row);
    }

    /// <summary>A row without the member has no value there.</summary>
    public void EndRow(string file, long row)
    {
        if (_rows == row)
            return;
        _rows = row;
        if (_values is null)
            throw new IngestException(DatasetErrorCodes.BadValue, "expected a list in every row. Received: no value.", file, row, writer.Info.Name);
        _values.AddMissing("", file, row);
    }

    private static Action<JsonElement, string, long> Lists(ColumnWriter writer) => writer.Info.Dtype switch
    {
        "int64" => Append<long>(writer),
        "int32" => Append<int>(writer),
        "uint8" => Append<byte>(writer),
        "float64" => Append<double>(writer),
        "float32" => Append<float>(writer),
        var other => throw new IngestException(DatasetErrorCodes.BadOption, $"types: expected int32, int64, uint8, float32 or float64 for lists. Received: \"{other}\".", null, column: writer.Info.Name),
    };

    private static Action<JsonElement, string, long> Append<T>(ColumnWriter writer)
        where T : unmanaged, INumber<T>
    {
        List<T> values = [];
        return (list, file, row) =>
        {
            if (list.ValueKind != JsonValueKind.Array)
                throw new IngestException(DatasetErrorCodes.BadValue, $"expected a list of numbers. Received: {list.ValueKind}.", file, row, writer.Info.Name);
            values.Clear();
            foreach (var value in list.EnumerateArray())
            {
                if (value.ValueKind != JsonValueKind.Number)
                    throw new IngestException(DatasetErrorCodes.BadValue, $"expected numbers in lists. Received: {value.ValueKind}.", file, row, writer.Info.Name);
                if (!T.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                    throw new WiderColumnException();
                values.Add(number);
            }
            var numbers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values);
            if (writer is VaryingColumnWriter varying)
                varying.Append<T>(numbers);
            else if (numbers.Length == writer.Info.RowShape.Elements)
                ((FixedColumnWriter)writer).Append<T>(numbers);
            else
                throw new WiderColumnException();
        };
    }
}
