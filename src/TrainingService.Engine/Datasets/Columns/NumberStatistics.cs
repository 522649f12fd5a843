using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Counts what a column of numbers holds while it is written.</summary>
internal abstract class NumberStatistics
{
    private const int MostChannels = 4;

    /// <summary>For the column's type.</summary>
    public static NumberStatistics Of(ColumnInfo info) => info.Dtype switch
    {
        "bool" or "uint8" => new Typed<byte>(info),
        "int8" => new Typed<sbyte>(info),
        "int16" => new Typed<short>(info),
        "int32" => new Typed<int>(info),
        "int64" => new Typed<long>(info),
        "uint16" => new Typed<ushort>(info),
        "uint32" => new Typed<uint>(info),
        "uint64" => new Typed<ulong>(info),
        "float16" => new Typed<Half>(info),
        "float32" => new Typed<float>(info),
        "float64" => new Typed<double>(info),
        _ => throw new ArgumentException($"expected a dtype of numbers. Received: \"{info.Dtype}\".", nameof(info)),
    };

    /// <summary>The values of a column of single numbers; null when there are too many, or it is none.</summary>
    public abstract IEnumerable<double>? Distinct { get; }

    /// <summary>Adds whole rows.</summary>
    public abstract void Add(ReadOnlySpan<byte> rows);

    /// <summary>What was counted.</summary>
    /// <param name="rows">Rows of the column.</param>
    /// <param name="missing">Rows that are missing beside those that are no numbers.</param>
    public abstract ColumnStatistics Result(long rows, long missing);

    private sealed class Typed<T>(ColumnInfo info) : NumberStatistics
        where T : unmanaged, INumber<T>
    {
        private readonly Moments[] _channels =
            [.. Enumerable.Range(0, Channels(info.RowShape)).Select(_ => new Moments())];

        private readonly DistinctValues<T>? _distinct = info.RowShape.Elements == 1 ? new() : null;

        public override IEnumerable<double>? Distinct => _distinct?.ByValue?.Keys.Select(double.CreateTruncating);

        public override void Add(ReadOnlySpan<byte> rows)
        {
            var values = MemoryMarshal.Cast<byte, T>(rows);
            for (var channel = 0; channel < _channels.Length; channel++)
                _channels[channel].Add(values, channel, _channels.Length);
            if (_distinct is null)
                return;
            for (var i = 0; i < values.Length && _distinct.Counts; i++)
            {
                if (!T.IsNaN(values[i]))
                    _distinct.Add(values[i]);
            }
        }

        public override ColumnStatistics Result(long rows, long missing)
        {
            var all = All();
            return new ColumnStatistics(rows, info.RowShape.Elements == 1 ? all.Missing + missing : missing)
            {
                Min = Known(all.Min),
                Max = Known(all.Max),
                Mean = Known(all.Mean),
                Std = Known(all.StandardDeviation),
                Distinct = _distinct?.Number,
                DistinctIsLimit = _distinct is { Counts: false },
                Top = _distinct?.Top(value => value.ToString(null, CultureInfo.InvariantCulture)),
                ChannelMean = _channels.Length > 1 ? [.. _channels.Select(channel => channel.Mean)] : null,
                ChannelStd = _channels.Length > 1 ? [.. _channels.Select(channel => channel.StandardDeviation)] : null,
            };
        }

        private static int Channels(Shape shape) => shape.Rank == 3 && shape[2] <= MostChannels ? (int)shape[2]! : 1;

        private Moments All()
        {
            var all = new Moments();
            foreach (var channel in _channels)
                all.Merge(channel);
            return all;
        }

        private static double? Known(double value) => double.IsFinite(value) ? value : null;
    }
}
