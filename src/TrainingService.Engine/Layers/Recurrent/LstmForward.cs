using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>
/// The steps of an LSTM for some rows of a batch: for each vector of units the product of features and state with the kernels, and then the
/// activations.
/// </summary>
internal readonly unsafe struct LstmForward<T> where T : unmanaged, ISimd<T>
{
    public required LstmSizes Sizes { get; init; }

    /// <summary>Both kernels by vectors of units, (blocks, row, 4 · lanes); see <see cref="Pack"/>.</summary>
    public required float* Kernel { get; init; }

    /// <summary>(gates).</summary>
    public required float* Bias { get; init; }

    /// <summary>(batch, time, features).</summary>
    public required float* Sequence { get; init; }

    /// <summary>(batch, units): the state to begin with.</summary>
    public required float* FirstHidden { get; init; }

    /// <summary>(batch, units): the cell to begin with.</summary>
    public required float* FirstCell { get; init; }

    /// <summary>Whether all steps are kept for the gradients.</summary>
    public required bool Keeps { get; init; }

    /// <summary>(time + 1, batch, row): features and state that meet the kernels; two steps are enough when nothing is kept.</summary>
    public required float* Rows { get; init; }

    /// <summary>(time + 1, batch, state): the cells before the first step and after each; one is enough when nothing is kept.</summary>
    public required float* Cells { get; init; }

    /// <summary>(time, batch, gates); one step is enough when nothing is kept.</summary>
    public required float* Gates { get; init; }

    /// <summary>(batch, time, units), or null.</summary>
    public required float* Outputs { get; init; }

    /// <summary>(batch, units), or null.</summary>
    public required float* LastHidden { get; init; }

    /// <summary>(batch, units).</summary>
    public required float* LastCell { get; init; }

    /// <summary>Brings kernels of rows (gate, unit) into the order of <see cref="Kernel"/>, and a bias into that of <see cref="Bias"/>.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="kernel">(4 · units, features).</param>
    /// <param name="recurrent">(4 · units, units).</param>
    /// <param name="bias">(4 · units), or null.</param>
    /// <param name="packed">(blocks, row, 4 · lanes), zeros.</param>
    /// <param name="packedBias">(gates), zeros.</param>
    public static void Pack(LstmSizes sizes, float* kernel, float* recurrent, float* bias, float* packed, float* packedBias)
    {
        var width = sizes.Gates / sizes.Blocks;
        for (var row = 0; row < 4 * sizes.Units; row++)
        {
            var place = sizes.Place(row);
            var to = packed + (long)(place / width) * sizes.Row * width + place % width;
            Column(kernel + (long)row * sizes.Features, to, sizes.Features, width);
            Column(recurrent + (long)row * sizes.Units, to + (long)sizes.Input * width, sizes.Units, width);
            if (bias != null)
                packedBias[place] = bias[row];
        }
    }

    /// <summary>Runs over rows [first, end) of the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int first, int end)
    {
        for (var row = first; row < end; row++)
        {
            Copy(FirstHidden + (long)row * Sizes.Units, RowsAt(0) + (long)row * Sizes.Row + Sizes.Input, Sizes.Units, Sizes.State);
            Copy(FirstCell + (long)row * Sizes.Units, CellsAt(0) + (long)row * Sizes.State, Sizes.Units, Sizes.State);
        }
        for (var t = 0; t < Sizes.Time; t++)
        {
            for (var row = first; row < end; row++)
                Copy(Sequence + ((long)row * Sizes.Time + t) * Sizes.Features, RowsAt(t) + (long)row * Sizes.Row, Sizes.Features, Sizes.Input);
            Step(t, first, end);
            for (var row = first; Outputs != null && row < end; row++)
                Copy(RowsAt(t + 1) + (long)row * Sizes.Row + Sizes.Input, Outputs + ((long)row * Sizes.Time + t) * Sizes.Units, Sizes.Units, Sizes.Units);
        }
        for (var row = first; row < end; row++)
        {
            if (LastHidden != null)
                Copy(RowsAt(Sizes.Time) + (long)row * Sizes.Row + Sizes.Input, LastHidden + (long)row * Sizes.Units, Sizes.Units, Sizes.Units);
            Copy(CellsAt(Sizes.Time) + (long)row * Sizes.State, LastCell + (long)row * Sizes.Units, Sizes.Units, Sizes.Units);
        }
    }

    private float* RowsAt(int t) => Rows + (long)(Keeps ? t : t % 2) * Sizes.Batch * Sizes.Row;

    private float* GatesAt(int t, int row, int block) => Gates + ((long)(Keeps ? t : 0) * Sizes.Batch + row) * Sizes.Gates + (long)block * 4 * T.Lanes;

    private float* CellsAt(int t) => Cells + (long)(Keeps ? t : 0) * Sizes.Batch * Sizes.State;

    private void Step(int t, int first, int end)
    {
        var (width, length) = (Sizes.Gates / Sizes.Blocks, Sizes.Input + Sizes.Units);
        for (var block = 0; block < Sizes.Blocks; block++)
        {
            var kernel = Kernel + (long)block * Sizes.Row * width;
            for (var row = first; row < end;)
            {
                var tall = row + Tile<T>.Rows <= end;
                if (tall)
                    Tile<T>.FourByFour(kernel, length, RowsAt(t) + (long)row * Sizes.Row, Sizes.Row, GatesAt(t, row, block), Sizes.Gates);
                else
                    Tile<T>.OneByFour(kernel, length, RowsAt(t) + (long)row * Sizes.Row, GatesAt(t, row, block));
                row += tall ? Tile<T>.Rows : 1;
            }
            // These gates are still in the nearest cache.
            var cell = (long)first * Sizes.State + block * T.Lanes;
            var next = RowsAt(t + 1) + (long)first * Sizes.Row + Sizes.Input + block * T.Lanes;
            Activate(end - first, GatesAt(t, first, block), Sizes.Gates, Bias + block * width, CellsAt(t) + cell, CellsAt(t + 1) + cell, Sizes.State, next, Sizes.Row);
        }
    }

    /// <summary>One vector of units of some rows: its gates, the next cells and the next states.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(int rows, float* gates, int gateStride, float* bias, float* cell, float* nextCell, int cellStride, float* next, int rowStride)
    {
        var lanes = T.Lanes;
        T biasI = T.Load(bias), biasF = T.Load(bias + lanes), biasG = T.Load(bias + 2 * lanes), biasO = T.Load(bias + 3 * lanes);
        for (var row = 0; row < rows; row++)
        {
            var i = SimdMath.Sigmoid(T.Load(gates) + biasI);
            var f = SimdMath.Sigmoid(T.Load(gates + lanes) + biasF);
            var g = SimdMath.Tanh(T.Load(gates + 2 * lanes) + biasG);
            var o = SimdMath.Sigmoid(T.Load(gates + 3 * lanes) + biasO);
            i.Store(gates);
            f.Store(gates + lanes);
            g.Store(gates + 2 * lanes);
            o.Store(gates + 3 * lanes);
            var c = T.MultiplyAdd(f, T.Load(cell), i * g);
            c.Store(nextCell);
            (o * SimdMath.Tanh(c)).Store(next);
            gates += gateStride;
            cell += cellStride;
            nextCell += cellStride;
            next += rowStride;
        }
    }

    private static void Copy(float* from, float* to, int count, int width)
    {
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        new Span<float>(to + count, width - count).Clear();
    }

    private static void Column(float* from, float* to, int count, int stride)
    {
        for (var k = 0; k < count; k++)
            to[(long)k * stride] = from[k];
    }
}
