using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>
/// Which rows make which batch: the steps of a pipeline that choose and arrange, in the order given and with tf.data's meaning. Nothing but the
/// pass over the rows and the seed decides, so a pass can be walked again up to any place.
/// </summary>
internal sealed class RowOrder
{
    /// <summary>Count of a stream that does not end.</summary>
    public const long Infinite = long.MaxValue;

    private readonly RandomStreams _random;
    private readonly string _name;
    private Func<long, IEnumerable<long>> _rows; // by pass
    private Func<long, IEnumerable<long[]>>? _batches;
    private Func<IEnumerable<long>> _each; // the rows that take part, each time they come, in the order of the source
    private long? _count; // elements: rows, or batches; null where only walking shows it
    private long _last; // rows of the last batch
    private bool _arranged;
    private int _steps;

    /// <summary>All rows in their order.</summary>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Whose order: <c>train</c>; part of the shuffle's stream.</param>
    /// <param name="rows">How many.</param>
    public RowOrder(RandomStreams random, string name, long rows) : this(random, name, _ => Range(rows), rows) => IsWhole = true;

    /// <summary>The rows of a stream.</summary>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Whose order.</param>
    /// <param name="rows">By pass.</param>
    /// <param name="count">How many; null where only walking shows it.</param>
    public RowOrder(RandomStreams random, string name, Func<long, IEnumerable<long>> rows, long? count)
    {
        (_random, _name, _rows, _count) = (random, name, rows, count);
        _each = () => rows(0);
    }

    /// <summary>An order behind this one: of rows that this one has chosen and arranged.</summary>
    /// <param name="rows">How many.</param>
    public RowOrder Following(long rows) => new(_random, _name, rows) { _steps = _steps };

    /// <summary>The same of batches.</summary>
    /// <param name="batches">The rows of each.</param>
    public RowOrder Following(IReadOnlyList<long[]> batches) => new(_random, _name, _ => batches.SelectMany(batch => batch), batches.Sum(batch => batch.LongLength))
    {
        _steps = _steps,
        _batches = _ => batches,
        _count = batches.Count,
        _last = batches.Count == 0 ? 0 : batches[^1].Length,
        BatchSize = BatchSize,
    };

    /// <summary>Rows of a full batch; null until there is a batch step.</summary>
    public int? BatchSize { get; private set; }

    /// <summary>Whether it is still all rows of the source in their order.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the stream does not end.</summary>
    public bool IsInfinite => _count == Infinite;

    /// <summary>The first elements only.</summary>
    public void Take(long count) => Choose(elements => Taken(elements, count), elements => Taken(elements, count), known => Math.Min(known, count), kept: _count <= count);

    /// <summary>Leaves the first elements out.</summary>
    public void Skip(long count) =>
        Choose(elements => elements.Skip(count), elements => elements.Skip(count), known => known == Infinite ? known : Math.Max(0, known - count), kept: true);

    /// <summary>Every <paramref name="shards"/>-th element, beginning with number <paramref name="index"/>.</summary>
    public void Shard(long shards, long index) => Choose(
        elements => elements.Where((_, number) => number % shards == index), elements => elements.Where((_, number) => number % shards == index),
        known => known == Infinite ? known : (known - index + shards - 1) / shards, kept: (_count - 1) % shards == index);

    /// <summary>The elements as often as said; null for ever.</summary>
    public void Repeat(long? count)
    {
        _steps++;
        if (count == 1)
            return;
        (IsWhole, _arranged) = (false, true);
        (var rows, var batches) = (_rows, _batches);
        _rows = pass => Repeated(rows, pass, count);
        if (batches is not null)
            _batches = pass => Repeated(batches, pass, count);
        _last = batches is null || _last == BatchSize ? _last : -1;
        _count = count is null && _count != 0 ? Infinite : _last == -1 ? null : _count * (count ?? 1);
    }

    /// <summary>tf.data's shuffle: a buffer is filled in order; each element drawn from it makes room for the next one.</summary>
    public void Shuffle(long bufferSize, long? seed, bool reshuffles)
    {
        var step = _steps++;
        (IsWhole, _arranged) = (false, true);
        (var rows, var batches) = (_rows, _batches);
        if (batches is null)
            _rows = pass => ShuffleBuffer(rows(pass), bufferSize, Numbers(seed, step, reshuffles ? pass : 0));
        else
            _batches = pass => ShuffleBuffer(batches(pass), bufferSize, Numbers(seed, step, reshuffles ? pass : 0));
    }

    /// <summary>The rows for which this is so.</summary>
    public void Where(Func<long, bool> isKept) => ArrangeRows("filter", rows => rows.Where(isKept), known: false);

    /// <summary>Other rows, or the same more often, made of all of a pass.</summary>
    public void Resample(Func<IEnumerable<long>, SplitMix64, IEnumerable<long>> resample, long? seed)
    {
        var step = _steps;
        var rows = _rows;
        ArrangeRows("resample", each => each, known: false);
        _rows = pass => resample(rows(pass), _random.Numbers("resample", seed is null ? $"{_name}/{step}" : $"{seed}", pass));
    }

    /// <summary>Puts rows together.</summary>
    /// <exception cref="SpecException">A second time.</exception>
    public void Batch(int size, bool dropRemainder)
    {
        Begin(size);
        var rows = _rows;
        _batches = pass => rows(pass).Chunk(size).Where(chunk => !dropRemainder || chunk.Length == size);
        if (_count is not (null or Infinite))
        {
            var rest = _count.Value % size;
            var isCut = rest == 0 || dropRemainder;
            (_last, _count) = (isCut ? size : rest, _count.Value / size + (isCut ? 0 : 1));
        }
        else
            _last = size;
    }

    /// <summary>tf.data's bucket_by_sequence_length: rows of about one length together; what is left at the end comes by bucket.</summary>
    /// <param name="bucketOf">Number of a row's bucket.</param>
    /// <param name="sizes">Rows per batch of each bucket.</param>
    /// <param name="dropRemainder">Leave short batches out.</param>
    public void Bucket(Func<long, int> bucketOf, IReadOnlyList<int> sizes, bool dropRemainder)
    {
        Begin(sizes.Max());
        var rows = _rows;
        _batches = pass => Buckets(rows(pass), bucketOf, sizes, dropRemainder);
        if (_count != Infinite)
            _count = null;
    }

    /// <summary>Rows and batches of a pass. Steps whose result is not a matter of numbers are walked through.</summary>
    public (long Rows, long Batches) Count()
    {
        if (_count == Infinite)
            return (Infinite, Infinite);
        if (_count is { } count)
            return (count == 0 ? 0 : _batches is null ? count : (count - 1) * BatchSize!.Value + _last, count);
        return _batches is null ? (_rows(0).LongCount(), 0) : _batches(0).Aggregate((0L, 0L), (sum, batch) => (sum.Item1 + batch.Length, sum.Item2 + 1));
    }

    /// <summary>The rows of every batch of a pass, in order.</summary>
    /// <param name="pass">From 0; shuffles differ by it.</param>
    public IEnumerable<long[]> Batches(long pass) => _batches?.Invoke(pass) ?? throw new InvalidOperationException("the pipeline has no batch step.");

    /// <summary>The rows of a pass, in order.</summary>
    public IEnumerable<long> Rows(long pass) => _batches is null ? _rows(pass) : _batches(pass).SelectMany(batch => batch);

    /// <summary>The rows that take part, in the order of the source as far as steps that choose rows allow it: what is learned from the data is learned from them.</summary>
    public IEnumerable<long> EachRow() => _each();

    private void Begin(int size)
    {
        if (BatchSize is not null)
            throw new SpecException("a pipeline has one batch step. Received: a second one.");
        _steps++;
        (BatchSize, IsWhole) = (size, false);
    }

    private void ArrangeRows(string step, Func<IEnumerable<long>, IEnumerable<long>> arrange, bool known)
    {
        if (BatchSize is not null)
            throw new SpecException($"{step}: expected in front of batch, as it looks at rows. Received: behind it.");
        Choose(arrange, batches => batches, count => count, kept: true);
        if (!known && _count != Infinite)
            _count = null;
    }

    private void Choose(
        Func<IEnumerable<long>, IEnumerable<long>> ofRows, Func<IEnumerable<long[]>, IEnumerable<long[]>> ofBatches, Func<long, long> counted, bool? kept)
    {
        _steps++;
        IsWhole = false;
        (var rows, var batches, var each) = (_rows, _batches, _each);
        if (batches is null)
            _rows = pass => ofRows(rows(pass));
        else
            _batches = pass => ofBatches(batches(pass));
        if (_arranged || batches is not null)
        {
            (var chosenRows, var chosenBatches) = (_rows, _batches);
            _each = () => (chosenBatches is null ? chosenRows(0) : chosenBatches(0).SelectMany(batch => batch)).Distinct();
        }
        else
            _each = () => ofRows(each());
        if (_count is { } count)
        {
            _count = counted(count);
            if (batches is not null && kept != true)
                _last = BatchSize!.Value;
        }
    }

    private SplitMix64 Numbers(long? seed, int step, long pass) =>
        (seed is { } own ? new RandomStreams(own) : _random).Numbers("shuffle", $"{_name}/{step}", pass);

    /// <summary>The first elements; the one behind them is not asked for.</summary>
    public static IEnumerable<T> Taken<T>(IEnumerable<T> elements, long count)
    {
        if (count <= 0)
            yield break;
        long taken = 0;
        foreach (var element in elements)
        {
            yield return element;
            if (++taken == count)
                yield break;
        }
    }

    private static IEnumerable<T> Repeated<T>(Func<long, IEnumerable<T>> elements, long pass, long? count)
    {
        var isEmpty = false; // nothing is nothing however often it is repeated
        for (long time = 0; !isEmpty && (count is null || time < count); time++)
        {
            isEmpty = true;
            foreach (var element in elements(count is null ? time : pass * count.Value + time))
            {
                isEmpty = false;
                yield return element;
            }
        }
    }

    private static IEnumerable<T> ShuffleBuffer<T>(IEnumerable<T> elements, long bufferSize, SplitMix64 numbers)
    {
        List<T> buffer = [];
        foreach (var element in elements)
        {
            if (buffer.Count < bufferSize)
            {
                buffer.Add(element);
                continue;
            }
            var drawn = (int)numbers.Below(buffer.Count);
            yield return buffer[drawn];
            buffer[drawn] = element;
        }
        while (buffer.Count > 0)
        {
            var drawn = (int)numbers.Below(buffer.Count);
            yield return buffer[drawn];
            buffer[drawn] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
        }
    }

    private static IEnumerable<long[]> Buckets(IEnumerable<long> rows, Func<long, int> bucketOf, IReadOnlyList<int> sizes, bool dropRemainder)
    {
        var open = sizes.Select(size => new List<long>(size)).ToArray();
        foreach (var row in rows)
        {
            var number = bucketOf(row);
            var bucket = open[number];
            bucket.Add(row);
            if (bucket.Count < sizes[number])
                continue;
            yield return [.. bucket];
            bucket.Clear();
        }
        foreach (var rest in open.Where(bucket => bucket.Count > 0 && !dropRemainder))
            yield return [.. rest];
    }

    private static IEnumerable<long> Range(long count)
    {
        for (long row = 0; row < count; row++)
            yield return row;
    }
}

/// <summary>Passing over elements by a number that may be large.</summary>
internal static class LongSkip
{
    public static IEnumerable<T> Skip<T>(this IEnumerable<T> elements, long count)
    {
        foreach (var element in elements)
        {
            if (count > 0)
                count--;
            else
                yield return element;
        }
    }
}
