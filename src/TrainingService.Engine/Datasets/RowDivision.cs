using System.Buffers.Binary;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Divides rows into those to learn from, to watch and to test, as <see cref="SplitSpec"/> says.</summary>
internal static class RowDivision
{
    private const int RowsPerPart = PipelineContext.RowsPerPart;

    /// <summary>The subset of every row.</summary>
    /// <param name="split">How.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">Opens the column that the method goes by.</param>
    /// <param name="random">The job's random streams.</param>
    public static Subset[] Of(SplitSpec split, long rows, Func<RowColumn> column, RandomStreams random)
    {
        var streams = split.Seed is { } own ? new RandomStreams(own) : random;
        return split.Method switch
        {
            SplitMethod.Hash => ByHash(split, rows, column, streams.SeedOf("split", "hash")),
            SplitMethod.Stratified => Stratified(split, rows, column, streams.Numbers("split", "rows")),
            SplitMethod.Time => ByTime(split, rows, column),
            _ => ByChance(split, rows, streams.Numbers("split", "rows")),
        };
    }

    private static Subset[] ByChance(SplitSpec split, long rows, SplitMix64 numbers)
    {
        var order = Numbered(rows);
        Resampling.Shuffle(order, numbers);
        var (_, validation, test) = split.Sizes(rows);
        var sets = new Subset[rows];
        Mark(sets, order.AsSpan(0, (int)test), Subset.Test);
        var first = test;
        if (split.Method == SplitMethod.KFold)
        {
            // The first folds have a row more where they cannot be alike.
            var (size, longer) = Math.DivRem(rows - test, split.FoldCount());
            first += (split.WatchedFold() - 1) * size + Math.Min(split.WatchedFold() - 1, longer);
        }
        Mark(sets, order.AsSpan((int)first, (int)validation), Subset.Validation);
        return sets;
    }

    private static Subset[] Stratified(SplitSpec split, long rows, Func<RowColumn> column, SplitMix64 numbers)
    {
        Dictionary<string, List<long>> byClass = new(StringComparer.Ordinal);
        ForEachKey(column, rows, (row, key) =>
        {
            var name = Convert.ToHexString(key);
            if (!byClass.TryGetValue(name, out var own))
                byClass[name] = own = [];
            own.Add(row);
        });
        var sets = new Subset[rows];
        foreach (var own in byClass.Values.OrderBy(own => own[0]))
        {
            var order = own.ToArray();
            Resampling.Shuffle(order, numbers);
            var (_, validation, test) = split.Sizes(order.Length);
            Mark(sets, order.AsSpan(0, (int)test), Subset.Test);
            Mark(sets, order.AsSpan((int)test, (int)validation), Subset.Validation);
        }
        return sets;
    }

    /// <summary>What a row's value is hashed to, as a part of all hashes, decides.</summary>
    private static Subset[] ByHash(SplitSpec split, long rows, Func<RowColumn> column, ulong seed)
    {
        var sets = new Subset[rows];
        ForEachKey(column, rows, (row, key) =>
        {
            var part = (SipHash.Hash64(key, seed, 0) >> 11) * (1.0 / (1L << 53));
            sets[row] = part < split.Test ? Subset.Test : part < split.Test + split.ValidationPart() ? Subset.Validation : Subset.Train;
        });
        return sets;
    }

    /// <summary>The latest rows are those of the test, and those before them are watched; rows of one time stay in their order.</summary>
    private static Subset[] ByTime(SplitSpec split, long rows, Func<RowColumn> column)
    {
        var order = Numbered(rows);
        using var times = column();
        if (times.IsText)
        {
            var texts = new string[rows];
            ForEachPart(times, rows, (first, value) => value.Texts().Values.ToArray().CopyTo(texts, first));
            Array.Sort(order, (one, other) => string.CompareOrdinal(texts[one], texts[other]) is var by && by != 0 ? by : one.CompareTo(other));
        }
        else
        {
            var numbers = new double[rows];
            ForEachPart(times, rows, (first, value) => value.Numbers().to(float64).contiguous().data<double>().ToArray().CopyTo(numbers, first));
            Array.Sort(order, (one, other) => numbers[one].CompareTo(numbers[other]) is var by && by != 0 ? by : one.CompareTo(other));
        }
        var (train, validation, test) = split.Sizes(rows);
        var sets = new Subset[rows];
        Mark(sets, order.AsSpan((int)train, (int)validation), Subset.Validation);
        Mark(sets, order.AsSpan((int)(train + validation), (int)test), Subset.Test);
        return sets;
    }

    /// <summary>The value of every row as bytes: texts in UTF-8, numbers in eight bytes.</summary>
    private static void ForEachKey(Func<RowColumn> column, long rows, Action<long, byte[]> act)
    {
        using var values = column();
        ForEachPart(values, rows, (first, value) =>
        {
            if (value is TextValue texts)
            {
                for (var i = 0; i < texts.Values.Count; i++)
                    act(first + i, Encoding.UTF8.GetBytes(texts.Values[i]));
                return;
            }
            var tensor = value.Numbers();
            var numbers = tensor.is_floating_point()
                ? [.. tensor.to(float64).contiguous().data<double>().Select(BitConverter.DoubleToInt64Bits)] : tensor.to(int64).contiguous().data<long>().ToArray();
            foreach (var number in numbers)
            {
                var key = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(key, number);
                act(first++, key);
            }
        });
    }

    private static void ForEachPart(RowColumn column, long rows, Action<long, HostValue> act)
    {
        for (long first = 0; first < rows; first += RowsPerPart)
        {
            Training.Pulse.Beat();
            using var scope = NewDisposeScope();
            var part = new long[Math.Min(RowsPerPart, rows - first)];
            for (var i = 0; i < part.Length; i++)
                part[i] = first + i;
            act(first, column.Gather(part));
        }
    }

    private static void Mark(Subset[] sets, ReadOnlySpan<long> rows, Subset subset)
    {
        foreach (var row in rows)
            sets[row] = subset;
    }

    private static long[] Numbered(long rows)
    {
        var order = new long[rows];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;
        return order;
    }
}
