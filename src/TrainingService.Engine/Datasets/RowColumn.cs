using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>One value per row, read by row numbers. Rows may be read on several threads at once.</summary>
public abstract class RowColumn : IDisposable
{
    /// <summary>Rows.</summary>
    public abstract long Count { get; }

    /// <summary>Shape of a batch: null where it is unknown or rows differ.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Whether the values are texts, which no tensor can hold.</summary>
    public virtual bool IsText => false;

    /// <summary>The rows' values: a tensor (rows, …), texts, or rows of different lengths. The caller's dispose scope holds them.</summary>
    /// <param name="rows">Row numbers, each below <see cref="Count"/>.</param>
    public abstract HostValue Gather(ReadOnlySpan<long> rows);

    /// <summary>Elements of each row's first axis, for rows of different lengths.</summary>
    public virtual IEnumerable<long> Lengths(IEnumerable<long> rows) =>
        throw new DatasetException("expected rows of different lengths. Received: rows that are all alike.");

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the column holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>A column in memory.</summary>
/// <param name="values">(rows, …), contiguous, on the CPU; taken over.</param>
public sealed class TensorColumn(Tensor values) : RowColumn
{
    /// <inheritdoc />
    public override long Count => values.shape[0];

    /// <inheritdoc />
    public override Shape Shape { get; } = new([null, .. values.shape.Skip(1).Select(size => (long?)size)]);

    /// <inheritdoc />
    public override HostValue Gather(ReadOnlySpan<long> rows) => new TensorValue(RowGather.Select(values, rows));

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => values.Dispose();
}

/// <summary>Texts in memory.</summary>
/// <param name="values">A text per row.</param>
public sealed class TextColumn(IReadOnlyList<string> values) : RowColumn
{
    /// <inheritdoc />
    public override long Count => values.Count;

    /// <inheritdoc />
    public override Shape Shape { get; } = new((long?)null);

    /// <inheritdoc />
    public override bool IsText => true;

    /// <inheritdoc />
    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        var texts = new string[rows.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = values[checked((int)rows[i])];
        return TextValue.Column(texts);
    }
}

/// <summary>Sequences of different lengths in memory.</summary>
/// <param name="values">A tensor (length, …) per row, all of one dtype; taken over.</param>
public sealed class RaggedColumn(IReadOnlyList<Tensor> values) : RowColumn
{
    /// <inheritdoc />
    public override long Count => values.Count;

    /// <inheritdoc />
    public override Shape Shape { get; } = new([null, null, .. values[0].shape.Skip(1).Select(size => (long?)size)]);

    /// <inheritdoc />
    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        var gathered = new Tensor[rows.Length];
        for (var i = 0; i < gathered.Length; i++)
            gathered[i] = values[checked((int)rows[i])].clone();
        return new RaggedValue(gathered);
    }

    /// <inheritdoc />
    public override IEnumerable<long> Lengths(IEnumerable<long> rows) => rows.Select(row => values[checked((int)row)].shape[0]);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        foreach (var row in values)
            row.Dispose();
    }
}

/// <summary>Some rows of a column, as the rows of one.</summary>
/// <param name="column">Taken over.</param>
/// <param name="chosen">Their numbers.</param>
public sealed class SelectedColumn(RowColumn column, long[] chosen) : RowColumn
{
    /// <inheritdoc />
    public override long Count => chosen.LongLength;

    /// <inheritdoc />
    public override Shape Shape => column.Shape;

    /// <inheritdoc />
    public override bool IsText => column.IsText;

    /// <inheritdoc />
    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        var own = new long[rows.Length];
        for (var i = 0; i < own.Length; i++)
            own[i] = chosen[rows[i]];
        return column.Gather(own);
    }

    /// <inheritdoc />
    public override IEnumerable<long> Lengths(IEnumerable<long> rows) => column.Lengths(rows.Select(row => chosen[row]));

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => column.Dispose();
}

/// <summary>The rows of several columns one after the other, as the rows of one.</summary>
/// <param name="parts">Of one dtype and shape; taken over.</param>
public sealed class ConcatenatedColumn(IReadOnlyList<RowColumn> parts) : RowColumn
{
    private readonly long[] _starts = [.. parts.Select((_, i) => parts.Take(i).Sum(part => part.Count))];

    /// <inheritdoc />
    public override long Count { get; } = parts.Sum(part => part.Count);

    /// <inheritdoc />
    public override Shape Shape => parts[0].Shape;

    /// <inheritdoc />
    public override bool IsText => parts[0].IsText;

    /// <inheritdoc />
    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        // Runs of rows of one part, put together in order.
        List<HostValue> values = [];
        for (var first = 0; first < rows.Length;)
        {
            var part = PartOf(rows[first]);
            var last = first + 1;
            while (last < rows.Length && PartOf(rows[last]) == part)
                last++;
            var own = rows[first..last].ToArray();
            for (var i = 0; i < own.Length; i++)
                own[i] -= _starts[part];
            values.Add(parts[part].Gather(own));
            first = last;
        }
        return values.Count == 0 ? parts[0].Gather([]) : HostBatches.Concatenate(values);
    }

    /// <inheritdoc />
    public override IEnumerable<long> Lengths(IEnumerable<long> rows) =>
        rows.Select(row => PartOf(row) is var part ? parts[part].Lengths([row - _starts[part]]).Single() : 0);

    private int PartOf(long row)
    {
        var found = Array.BinarySearch(_starts, row);
        if (found < 0)
            return ~found - 1;
        while (found + 1 < _starts.Length && _starts[found + 1] == row)
            found++; // parts without rows begin where the next one does
        return found;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts)
            part.Dispose();
    }
}
