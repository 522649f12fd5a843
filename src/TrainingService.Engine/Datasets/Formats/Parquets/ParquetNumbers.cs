using System.Numerics;
using Parquet.Data;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Parquets;

/// <summary>Writes numbers, and lists of them, as the column's type.</summary>
/// <typeparam name="T">The column's type.</typeparam>
internal sealed class ParquetNumbers<T>(ColumnWriter writer) : ParquetColumn(writer)
    where T : unmanaged, INumber<T>
{
    private T[] _values = [];

    protected override void Write(RawColumnData data, ReadOnlySpan<int> levels, int present, ReadOnlySpan<int> starts, int count, Place place)
    {
        var there = levels.IsEmpty ? count : levels.Count(present);
        if (_values.Length < there)
            _values = new T[there];
        Convert(data, there, place);
        if (!starts.IsEmpty)
            WriteLists(levels, present, starts, place);
        else if (there == count)
            ((FixedColumnWriter)Writer).Append<T>(_values.AsSpan(0, count));
        else
            WriteWithGaps(levels, present, place);
    }

    private void WriteWithGaps(ReadOnlySpan<int> levels, int present, Place place)
    {
        var column = (FixedColumnWriter)Writer;
        var missing = ElementTypes.IsFloating(place.Column.Dtype) ? T.CreateChecked(double.NaN) : T.Zero;
        for (int at = 0, value = 0; at < levels.Length; at++)
        {
            if (levels[at] < present && place.Column.Role == ColumnRole.Label)
                throw place.Missing(at);
            if (levels[at] < present && T.IsZero(missing))
                column.AddMissing();
            column.Append(levels[at] == present ? _values[value++] : missing);
        }
    }

    private void WriteLists(ReadOnlySpan<int> levels, int present, ReadOnlySpan<int> starts, Place place)
    {
        int row = 0, value = 0, begin = 0;
        for (var at = 0; at < starts.Length; at++)
        {
            if (at > 0 && starts[at] == 0)
            {
                Append(_values.AsSpan(begin, value - begin), row++, place);
                begin = value;
            }
            if (levels.IsEmpty || levels[at] == present)
                value++;
        }
        Append(_values.AsSpan(begin, value - begin), row, place);
    }

    private void Append(ReadOnlySpan<T> list, int row, Place place)
    {
        if (Writer is VaryingColumnWriter varying)
            varying.Append(list);
        else if (list.Length == place.Column.RowShape.Elements)
            ((FixedColumnWriter)Writer).Append(list);
        else
            throw place.Wrong(row, $"expected lists of {place.Column.RowShape.Elements} values. Received: {list.Length}.");
    }

    private void Convert(RawColumnData data, int count, Place place)
    {
        switch (data)
        {
            case RawColumnData<float> floats: From<float>(floats.Values, count, place); break;
            case RawColumnData<double> doubles: From<double>(doubles.Values, count, place); break;
            case RawColumnData<int> ints: From<int>(ints.Values, count, place); break;
            case RawColumnData<long> longs: From<long>(longs.Values, count, place); break;
            case RawColumnData<short> shorts: From<short>(shorts.Values, count, place); break;
            case RawColumnData<sbyte> sbytes: From<sbyte>(sbytes.Values, count, place); break;
            case RawColumnData<byte> bytes: From<byte>(bytes.Values, count, place); break;
            case RawColumnData<ushort> ushorts: From<ushort>(ushorts.Values, count, place); break;
            case RawColumnData<uint> uints: From<uint>(uints.Values, count, place); break;
            case RawColumnData<ulong> ulongs: From<ulong>(ulongs.Values, count, place); break;
            case RawColumnData<Half> halves: From<Half>(halves.Values, count, place); break;
            case RawColumnData<decimal> decimals: From<decimal>(decimals.Values, count, place); break;
            case RawColumnData<bool> bools: Map(bools.Values, count, place, value => value ? T.One : T.Zero); break;
            case RawColumnData<DateTime> times: Map(times.Values, count, place, value => T.CreateChecked((value - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)); break;
            case RawColumnData<DateOnly> dates: Map(dates.Values, count, place, value => T.CreateChecked((value.ToDateTime(default) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)); break;
            case RawColumnData<TimeSpan> spans: Map(spans.Values, count, place, value => T.CreateChecked(value.Ticks / TimeSpan.TicksPerMicrosecond)); break;
            case RawColumnData<TimeOnly> clock: Map(clock.Values, count, place, value => T.CreateChecked(value.Ticks / TimeSpan.TicksPerMicrosecond)); break;
            default: throw place.Wrong(0, $"expected {place.Column.Dtype}. Received: {data.GetType().GenericTypeArguments.FirstOrDefault()?.Name}.");
        }
    }

    private void From<TFrom>(Span<TFrom> values, int count, Place place)
        where TFrom : unmanaged, INumber<TFrom>
    {
        Check(values.Length, count, place);
        if (typeof(TFrom) == typeof(T))
        {
            values[..count].CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<T, TFrom>(_values.AsSpan(0, count)));
            return;
        }
        for (var at = 0; at < count; at++)
        {
            try
            {
                _values[at] = T.CreateChecked(values[at]);
            }
            catch (OverflowException)
            {
                throw place.Wrong(at, $"expected {place.Column.Dtype}. Received: {values[at]}.");
            }
        }
    }

    private void Map<TFrom>(Span<TFrom> values, int count, Place place, Func<TFrom, T> number)
    {
        Check(values.Length, count, place);
        for (var at = 0; at < count; at++)
            _values[at] = number(values[at]);
    }

    private static void Check(int received, int expected, Place place)
    {
        if (received < expected)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected {expected} values. Received: {received}.", place.File, place.FirstRow, place.Column.Name);
    }
}
