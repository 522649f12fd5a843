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
        if (rows.Length == 0)
            return result;
        using var first = source.narrow(0, 0, 1);
        var rowBytes = first.bytes.Length;
        fixed (byte* from = first.bytes, to = result.bytes)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                if ((ulong)rows[i] >= (ulong)count)
                    throw new ArgumentOutOfRangeException(nameof(rows), $"expected row numbers below {count}. Received: {rows[i]}.");
                Buffer.MemoryCopy(from + rows[i] * rowBytes, to + (long)i * rowBytes, rowBytes, rowBytes);
            }
        }
        return result;
    }
}
