namespace TrainingService.Contracts.Memory;

/// <summary>Bytes that the process of a job will take at its peak.</summary>
/// <param name="ParametersBytes">Weights.</param>
/// <param name="GradientsBytes">One gradient per trained weight.</param>
/// <param name="OptimizerBytes">What the optimizer keeps per trained weight: its slots, averages, accumulated gradients.</param>
/// <param name="CopiesBytes">Further copies of weights: for half precision, for mirrored replicas, for the best epoch, for the checkpoint that is being written.</param>
/// <param name="ActivationsBytes">What one batch's way forward leaves for the way back.</param>
/// <param name="WorkspaceBytes">What lives for a moment only: gradients of activations, operations' and the optimizer's scratch.</param>
/// <param name="DataBytes">The rows in memory and in caches, and the batches in flight.</param>
/// <param name="RuntimeBytes">libtorch and .NET.</param>
/// <param name="TotalBytes">The most at any moment, whether the data is loaded, the model built, or a batch trained; with the gaps that allocators leave.</param>
/// <param name="BatchSize">Rows per training batch that this is for.</param>
/// <param name="BytesPerRow">What a row more in the batch adds.</param>
/// <param name="Largest">What takes the most, the largest first: layers with their weights and activations, and sets of rows.</param>
public sealed record MemoryEstimate(
    long ParametersBytes, long GradientsBytes, long OptimizerBytes, long CopiesBytes, long ActivationsBytes, long WorkspaceBytes, long DataBytes,
    long RuntimeBytes, long TotalBytes, int BatchSize, long BytesPerRow, IReadOnlyList<MemoryShare> Largest)
{
    /// <summary>More than this is refused whatever the limits are: 1 TiB.</summary>
    public const long MostBytes = 1L << 40;

    /// <summary>The largest batch that fits.</summary>
    /// <param name="limitBytes">Into what.</param>
    /// <returns>0 when no batch does.</returns>
    public int LargestBatch(long limitBytes)
    {
        var room = limitBytes - (TotalBytes - (BatchSize * (Int128)BytesPerRow));
        return BytesPerRow == 0 ? 0 : (int)Int128.Clamp(room / BytesPerRow, 0, int.MaxValue);
    }
}

/// <summary>A part of a job's memory.</summary>
/// <param name="Name">A layer's name, or which rows: <c>data.train</c>.</param>
/// <param name="Bytes">What it takes.</param>
public sealed record MemoryShare(string Name, long Bytes);
