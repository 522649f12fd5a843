using System.Numerics;
using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>
/// The steps of an LSTM for some rows of a batch. A tile of rows and one vector of units keeps its gates in registers through the product of
/// features and state with the kernels and through the activations.
/// </summary>
internal readonly unsafe struct LstmForward
{
    private const int TileRows = 4;

    public required LstmSizes Sizes { get; init; }

    /// <summary>By vectors of units: a row of biases and the rows of the kernels, (blocks, 1 + row, 4 · lanes); see <see cref="Pack"/>.</summary>
    public required float* Kernel { get; init; }

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

    /// <summary>(time, batch, gates), or null when nothing is kept.</summary>
    public required float* Gates { get; init; }

    /// <summary>(batch, time, units), or null.</summary>
    public required float* Outputs { get; init; }

    /// <summary>(batch, units), or null.</summary>
    public required float* LastHidden { get; init; }

    /// <summary>(batch, units).</summary>
    public required float* LastCell { get; init; }

    /// <summary>Brings kernels of rows (gate, unit) into the order of <see cref="Kernel"/>.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="kernel">(4 · units, features).</param>
    /// <param name="recurrent">(4 · units, units).</param>
    /// <param name="bias">(4 · units), or null.</param>
    /// <param name="packed">Zeros.</param>
    public static void Pack(LstmSizes sizes, float* kernel, float* recurrent, float* bias, float* packed)
    {
        var width = sizes.Gates / sizes.Blocks;
        for (var row = 0; row < 4 * sizes.Units; row++)
        {
            var place = sizes.Place(row);
            var to = packed + (long)(place / width) * (1 + sizes.Row) * width + place % width;
            *to = bias == null ? 0 : bias[row];
            Column(kernel + (long)row * sizes.Features, to + width, sizes.Features, width);
            Column(recurrent + (long)row * sizes.Units, to + (1 + sizes.Input) * width, sizes.Units, width);
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

    private float* CellsAt(int t) => Cells + (long)(Keeps ? t : 0) * Sizes.Batch * Sizes.State;

    private void Step(int t, int first, int end)
    {
        int width = Sizes.Gates / Sizes.Blocks, length = Sizes.Row - Sizes.State + Sizes.Units;
        for (var block = 0; block < Sizes.Blocks; block++)
        {
            var offset = block * LstmSizes.Lanes;
            var kernel = Kernel + (long)block * (1 + Sizes.Row) * width;
            for (var row = first; row < end;)
            {
                var at = (long)row * Sizes.State + offset;
                var tile = new Tile
                {
                    Rows = RowsAt(t) + (long)row * Sizes.Row,
                    Next = RowsAt(t + 1) + (long)row * Sizes.Row + Sizes.Input + offset,
                    RowStride = Sizes.Row,
                    Cells = CellsAt(t) + at,
                    NextCells = CellsAt(t + 1) + at,
                    CellStride = Sizes.State,
                    Gates = Keeps ? Gates + ((long)t * Sizes.Batch + row) * Sizes.Gates + (long)block * width : null,
                    GateStride = Sizes.Gates,
                };
                var tall = row + TileRows <= end;
                if (tall)
                    Four(kernel, length, tile);
                else
                    One(kernel, length, tile);
                row += tall ? TileRows : 1;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* kernel, int length, in Tile at)
    {
        var tile = at;
        var lanes = Vector<float>.Count;
        float* r0 = tile.Rows, r1 = r0 + tile.RowStride, r2 = r1 + tile.RowStride, r3 = r2 + tile.RowStride;
        Vector<float> i0 = Vector.Load(kernel), f0 = Vector.Load(kernel + lanes), g0 = Vector.Load(kernel + 2 * lanes), o0 = Vector.Load(kernel + 3 * lanes);
        Vector<float> i1 = i0, f1 = f0, g1 = g0, o1 = o0, i2 = i0, f2 = f0, g2 = g0, o2 = o0, i3 = i0, f3 = f0, g3 = g0, o3 = o0;
        for (var k = 0; k < length; k++)
        {
            kernel += 4 * lanes;
            Vector<float> i = Vector.Load(kernel), f = Vector.Load(kernel + lanes), g = Vector.Load(kernel + 2 * lanes), o = Vector.Load(kernel + 3 * lanes);
            var x = Vector.Create(r0[k]);
            i0 = Vector.MultiplyAddEstimate(x, i, i0);
            f0 = Vector.MultiplyAddEstimate(x, f, f0);
            g0 = Vector.MultiplyAddEstimate(x, g, g0);
            o0 = Vector.MultiplyAddEstimate(x, o, o0);
            x = Vector.Create(r1[k]);
            i1 = Vector.MultiplyAddEstimate(x, i, i1);
            f1 = Vector.MultiplyAddEstimate(x, f, f1);
            g1 = Vector.MultiplyAddEstimate(x, g, g1);
            o1 = Vector.MultiplyAddEstimate(x, o, o1);
            x = Vector.Create(r2[k]);
            i2 = Vector.MultiplyAddEstimate(x, i, i2);
            f2 = Vector.MultiplyAddEstimate(x, f, f2);
            g2 = Vector.MultiplyAddEstimate(x, g, g2);
            o2 = Vector.MultiplyAddEstimate(x, o, o2);
            x = Vector.Create(r3[k]);
            i3 = Vector.MultiplyAddEstimate(x, i, i3);
            f3 = Vector.MultiplyAddEstimate(x, f, f3);
            g3 = Vector.MultiplyAddEstimate(x, g, g3);
            o3 = Vector.MultiplyAddEstimate(x, o, o3);
        }
        Activate(i0, f0, g0, o0, tile, 0);
        Activate(i1, f1, g1, o1, tile, 1);
        Activate(i2, f2, g2, o2, tile, 2);
        Activate(i3, f3, g3, o3, tile, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* kernel, int length, in Tile at)
    {
        var tile = at;
        var lanes = Vector<float>.Count;
        Vector<float> i = Vector.Load(kernel), f = Vector.Load(kernel + lanes), g = Vector.Load(kernel + 2 * lanes), o = Vector.Load(kernel + 3 * lanes);
        for (var k = 0; k < length; k++)
        {
            kernel += 4 * lanes;
            var x = Vector.Create(tile.Rows[k]);
            i = Vector.MultiplyAddEstimate(x, Vector.Load(kernel), i);
            f = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + lanes), f);
            g = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + 2 * lanes), g);
            o = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + 3 * lanes), o);
        }
        Activate(i, f, g, o, tile, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Activate(Vector<float> i, Vector<float> f, Vector<float> g, Vector<float> o, in Tile tile, int row)
    {
        i = SimdMath.Sigmoid(i);
        f = SimdMath.Sigmoid(f);
        g = SimdMath.Tanh(g);
        o = SimdMath.Sigmoid(o);
        var c = Vector.MultiplyAddEstimate(f, Vector.Load(tile.Cells + row * tile.CellStride), i * g);
        c.Store(tile.NextCells + row * tile.CellStride);
        (o * SimdMath.Tanh(c)).Store(tile.Next + row * tile.RowStride);
        if (tile.Gates == null)
            return;
        var lanes = Vector<float>.Count;
        var gates = tile.Gates + row * tile.GateStride;
        i.Store(gates);
        f.Store(gates + lanes);
        g.Store(gates + 2 * lanes);
        o.Store(gates + 3 * lanes);
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

    /// <summary>Some rows of one vector of units.</summary>
    private ref struct Tile
    {
        public float* Rows, Next, Cells, NextCells, Gates;
        public int RowStride, CellStride, GateStride;
    }
}
