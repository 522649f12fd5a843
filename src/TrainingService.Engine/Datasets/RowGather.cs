using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Picks rows by number.</summary>
internal static class RowGather
{
    /// <summary>
    /// The rows as a new tensor, like <c>index_select</c> over the first axis. Plain copies on the calling thread: libtorch would start a
    /// second team of threads beside the one that trains.
    /// </summary>
    /// <param name="source">(rows, …), contiguous, on the CPU.</param>
    /// <param name="rows">Row numbers.</param>
    public static unsafe Tensor Select(Tensor source, ReadOnlySpan<long> rows)
    {
        var shape = source.shape;
        var count = shape[0];
        shape[0] = rows.Length;
        var result = empty(shape, source.dtype);
        if (rows.Length == 0 || count == 0)
            return rows.Length == 0 ? result : throw OutOfRange(rows[0], count);
        using var first = source.narrow(0, 0, 1);
        fixed (byte* from = first.bytes, to = result.bytes)
            Copy(from, count, first.bytes.Length, rows, to);
        return result;
    }

    /// <summary>Copies rows, those that follow each other at once.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="rowBytes">Bytes of one.</param>
    /// <param name="rows">Row numbers.</param>
    /// <param name="to">Where they go.</param>
    public static unsafe void Copy(byte* from, long count, long rowBytes, ReadOnlySpan<long> rows, byte* to)
    {
        for (var i = 0; i < rows.Length;)
        {
            var run = 1;
            while (i + run < rows.Length && rows[i + run] == rows[i] + run)
                run++;
            if (rows[i] < 0 || rows[i] + run > count)
                throw OutOfRange(rows[i] + run - 1, count);
            Buffer.MemoryCopy(from + rows[i] * rowBytes, to + i * rowBytes, run * rowBytes, run * rowBytes);
            i += run;
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(long row, long count) => new(nameof(row), $"expected row numbers below {count}. Received: {row}.");
}
