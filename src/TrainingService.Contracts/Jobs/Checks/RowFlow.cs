using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>What the steps of a pipeline have made of the rows so far.</summary>
/// <param name="columns">Of the data set, as stored.</param>
/// <param name="layout">The tensors as they are read.</param>
/// <param name="rows">How many there are.</param>
internal sealed class RowFlow(IReadOnlyList<ColumnInfo> columns, RowLayout layout, long rows)
{
    /// <summary>The count of a stream that does not end.</summary>
    public const long Endless = long.MaxValue;

    private readonly long _stored = rows;
    private long _rows = rows;

    /// <summary>The tensors as they are now.</summary>
    public RowLayout Layout { get; private set; } = layout;

    /// <summary>Rows, or batches behind a batch step; where that is not exact, the most.</summary>
    public long Elements { get; private set; } = rows;

    /// <summary>Rows of a full batch; 0 in front of the batch step.</summary>
    public int BatchSize { get; private set; }

    /// <summary>Rows that came to the batch step.</summary>
    public long Gathered { get; private set; }

    /// <summary>Bytes that caches keep in memory.</summary>
    public Int128 CachedBytes { get; private set; }

    /// <summary>Whether a map changed what was read.</summary>
    public bool IsMapped { get; private set; }

    public bool IsBatched => BatchSize > 0;

    /// <summary>Rows that come out.</summary>
    public long Rows => Elements == Endless ? Endless : _rows;

    public void Take(long count) => Set(Math.Min(Elements, count));

    public void Skip(long count) => Set(Elements == Endless ? Endless : Math.Max(0, Elements - count), skipped: count);

    public void Shard(int shards, int index) => Set(Elements == Endless ? Endless : (Elements - index + shards - 1) / shards);

    public void Repeat(long? count)
    {
        if (Elements == 0)
            return;
        var endless = count is null || Elements == Endless || (Int128)_rows * count.Value >= Endless;
        (Elements, _rows) = endless ? (Endless, Endless) : (Elements * count!.Value, _rows * count.Value);
    }

    /// <summary>Rows are chosen by what they hold, so that only running shows how many.</summary>
    /// <param name="most">How many there are at most.</param>
    public void Choose(long most) => (Elements, _rows) = (most, most);

    public void Batch(int size, bool dropRemainder)
    {
        (BatchSize, Gathered) = (size, Elements);
        if (Elements == Endless)
            return;
        _rows = Elements;
        Elements = dropRemainder ? Elements / size : (Elements + size - 1) / size;
        if (dropRemainder)
            _rows = Elements * size;
    }

    public void Replace(RowTensor old, RowTensor changed)
    {
        Layout = Layout with { Tensors = [.. Layout.Tensors.Select(tensor => ReferenceEquals(tensor, old) ? changed : tensor)] };
        IsMapped = true;
    }

    /// <summary>The features of all rows of the source, as they are now, are kept in memory.</summary>
    public void Cache() => CachedBytes += _stored * Layout.Features.Aggregate(Int128.Zero, (sum, tensor) => sum + BytesOf(tensor));

    /// <summary>Shapes of everything that an expression over a row can name.</summary>
    public IReadOnlyDictionary<string, Shape> Values()
    {
        Dictionary<string, Shape> values = new(StringComparer.Ordinal);
        foreach (var tensor in Layout.Tensors.Where(tensor => !tensor.IsText()))
        {
            values[tensor.Name] = tensor.Shape;
            if (tensor.Columns is [var column])
                values.TryAdd(column, tensor.Shape);
        }
        foreach (var column in columns.Where(column => column.IsScalarNumber()))
            values.TryAdd(column.Name, new Shape((long?)null));
        return values;
    }

    /// <summary>Bytes of one row of a tensor; those of an unknown size count as none.</summary>
    public static Int128 BytesOf(RowTensor tensor) => tensor.IsText() ? 0 : Int128.Min(tensor.Shape.ElementsPerSample ?? 0, Int128.One << 60) * SourceChecks.BytesOf(tensor.Dtype);

    private void Set(long elements, long skipped = 0)
    {
        var rows = !IsBatched ? elements
            : elements == Endless ? Endless
            : skipped > 0 ? Math.Max(0, _rows - (long)Int128.Min((Int128)skipped * BatchSize, long.MaxValue))
            : (long)Int128.Min(_rows, (Int128)elements * BatchSize);
        (Elements, _rows) = (elements, rows);
    }
}
