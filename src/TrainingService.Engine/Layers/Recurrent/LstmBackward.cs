using System.Numerics;
using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>The steps of an LSTM backwards for some rows of a batch: from the gradients of outputs and last states to those of the gates, features and first states.</summary>
internal readonly unsafe struct LstmBackward
{
    private const int TileRows = 4;
    private const int TileVectors = 4;

    public required LstmSizes Sizes { get; init; }

    /// <summary>By vectors of what the kernels meet, first state and then features: (vectors, gates, lanes), four of them side by side; see <see cref="Pack"/>.</summary>
    public required float* Kernel { get; init; }

    /// <summary>(time, batch, gates).</summary>
    public required float* Gates { get; init; }

    /// <summary>(time + 1, batch, state).</summary>
    public required float* Cells { get; init; }

    /// <summary>(batch, time, units): gradients of the outputs, or null.</summary>
    public required float* Outputs { get; init; }

    /// <summary>(batch, units): gradients of the last state, or null.</summary>
    public required float* LastHidden { get; init; }

    /// <summary>(batch, units): gradients of the last cell.</summary>
    public required float* LastCell { get; init; }

    /// <summary>(time, batch, gates): receives gradients.</summary>
    public required float* GateGradients { get; init; }

    /// <summary>(batch, time, features): receives gradients, or null.</summary>
    public required float* Sequence { get; init; }

    /// <summary>(batch, units): receives gradients.</summary>
    public required float* FirstHidden { get; init; }

    /// <summary>(batch, units): receives gradients.</summary>
    public required float* FirstCell { get; init; }

    /// <summary>Numbers of memory for so many rows.</summary>
    public static int WorkSize(LstmSizes sizes, int rows) => rows * (sizes.Row + sizes.State) + sizes.Gates;

    /// <summary>Brings kernels of rows (gate, unit) into the order of <see cref="Kernel"/>.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="kernel">(4 · units, features).</param>
    /// <param name="recurrent">(4 · units, units).</param>
    /// <param name="packed">Zeros.</param>
    public static void Pack(LstmSizes sizes, float* kernel, float* recurrent, float* packed)
    {
        for (var row = 0; row < 4 * sizes.Units; row++)
        {
            var place = sizes.Place(row);
            Put(recurrent + (long)row * sizes.Units, sizes.Units, 0);
            Put(kernel + (long)row * sizes.Features, sizes.Features, sizes.Blocks);

            void Put(float* from, int count, int firstVector)
            {
                for (var k = 0; k < count; k += LstmSizes.Lanes)
                {
                    var vector = firstVector + k / LstmSizes.Lanes;
                    var (group, wide) = Group(sizes, vector);
                    var to = packed + (long)group * sizes.Gates * LstmSizes.Lanes + ((long)place * wide + vector - group) * LstmSizes.Lanes;
                    var lanes = Math.Min(LstmSizes.Lanes, count - k);
                    new ReadOnlySpan<float>(from + k, lanes).CopyTo(new Span<float>(to, lanes));
                }
            }
        }
    }

    /// <summary>Runs over rows [first, end) of the batch.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row behind the last.</param>
    /// <param name="work">Memory of <see cref="WorkSize"/>.</param>
    /// <param name="biases">(gates): receives the sums over rows and steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int first, int end, float* work, float* biases)
    {
        var (units, state, row0, rows) = (Sizes.Units, Sizes.State, Sizes.Row, end - first);
        float* hidden = work, cells = hidden + (long)rows * row0, sums = cells + (long)rows * state; // (rows, row), (rows, state), (gates)
        new Span<float>(work, WorkSize(Sizes, rows)).Clear();
        new Span<float>(biases, Sizes.Gates).Clear();
        for (var row = 0; row < rows; row++)
        {
            if (LastHidden != null)
                Copy(LastHidden + (long)(first + row) * units, hidden + row * row0, units);
            Copy(LastCell + (long)(first + row) * units, cells + row * state, units);
        }
        for (var t = Sizes.Time - 1; t >= 0; t--)
        {
            var at = (long)t * Sizes.Batch + first;
            for (var row = 0; row < rows; row++)
            {
                if (Outputs != null)
                    Add(Outputs + ((long)(first + row) * Sizes.Time + t) * units, hidden + row * row0, units);
                var cell = Cells + (at + row) * state;
                Gradients(Sizes.Blocks, Gates + (at + row) * Sizes.Gates, cell, cell + (long)Sizes.Batch * state, hidden + row * row0, cells + row * state, GateGradients + (at + row) * Sizes.Gates, sums);
            }
            Add(sums, biases, Sizes.Gates);
            new Span<float>(sums, Sizes.Gates).Clear();
            Multiply(GateGradients + at * Sizes.Gates, rows, hidden);
            for (var row = 0; Sequence != null && row < rows; row++)
                Copy(hidden + row * row0 + state, Sequence + ((long)(first + row) * Sizes.Time + t) * Sizes.Features, Sizes.Features);
        }
        for (var row = 0; row < rows; row++)
        {
            Copy(hidden + row * row0, FirstHidden + (long)(first + row) * units, units);
            Copy(cells + row * state, FirstCell + (long)(first + row) * units, units);
        }
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
            (Vector.Load(to + i) + Vector.Load(from + i)).Store(to + i);
        for (; i < count; i++)
            to[i] += from[i];
    }

    /// <summary>The group of vectors that a vector is in: its first one, and how many lie side by side.</summary>
    private static (int First, int Wide) Group(LstmSizes sizes, int vector)
    {
        var first = vector / TileVectors * TileVectors;
        return (first, Math.Min(TileVectors, sizes.Row / LstmSizes.Lanes - first));
    }

    /// <summary>One step of one row: the gradients of its gates, and of the cell before it in place of the one after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients(int blocks, float* gates, float* before, float* after, float* hidden, float* cell, float* to, float* sums)
    {
        var lanes = Vector<float>.Count;
        var one = Vector<float>.One;
        for (var block = 0; block < blocks; block++)
        {
            Vector<float> i = Vector.Load(gates), f = Vector.Load(gates + lanes), g = Vector.Load(gates + 2 * lanes), o = Vector.Load(gates + 3 * lanes);
            var tanh = SimdMath.Tanh(Vector.Load(after));
            var dh = Vector.Load(hidden);
            var dc = Vector.MultiplyAddEstimate(dh * o, one - tanh * tanh, Vector.Load(cell));
            (dc * f).Store(cell);
            i = dc * g * i * (one - i);
            f = dc * Vector.Load(before) * f * (one - f);
            var dg = dc * Vector.Load(gates) * (one - g * g);
            o = dh * tanh * o * (one - o);
            i.Store(to);
            f.Store(to + lanes);
            dg.Store(to + 2 * lanes);
            o.Store(to + 3 * lanes);
            (Vector.Load(sums) + i).Store(sums);
            (Vector.Load(sums + lanes) + f).Store(sums + lanes);
            (Vector.Load(sums + 2 * lanes) + dg).Store(sums + 2 * lanes);
            (Vector.Load(sums + 3 * lanes) + o).Store(sums + 3 * lanes);
            gates += 4 * lanes;
            to += 4 * lanes;
            sums += 4 * lanes;
            before += lanes;
            after += lanes;
            hidden += lanes;
            cell += lanes;
        }
    }

    /// <summary>Gradients of the state before a step and of its features, from those of its gates.</summary>
    private void Multiply(float* gates, int rows, float* to)
    {
        var vectors = (Sequence == null ? Sizes.State : Sizes.Row) / LstmSizes.Lanes;
        for (var vector = 0; vector < vectors;)
        {
            var (group, wide) = Group(Sizes, vector);
            var kernel = Kernel + (long)group * Sizes.Gates * LstmSizes.Lanes + (vector - group) * LstmSizes.Lanes;
            var broad = wide == TileVectors && vector == group;
            for (var row = 0; row < rows;)
            {
                var tall = row + TileRows <= rows;
                float* from = gates + (long)row * Sizes.Gates, target = to + (long)row * Sizes.Row + vector * LstmSizes.Lanes;
                if (tall && broad)
                    FourByFour(kernel, Sizes.Gates, from, target, Sizes.Row);
                else if (tall)
                    FourByOne(kernel, wide * LstmSizes.Lanes, Sizes.Gates, from, target, Sizes.Row);
                else if (broad)
                    OneByFour(kernel, Sizes.Gates, from, target);
                else
                    OneByOne(kernel, wide * LstmSizes.Lanes, Sizes.Gates, from, target);
                row += tall ? TileRows : 1;
            }
            vector += broad ? TileVectors : 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(float* kernel, int gates, float* from, float* to, int stride)
    {
        var lanes = Vector<float>.Count;
        float* r0 = from, r1 = r0 + gates, r2 = r1 + gates, r3 = r2 + gates;
        Vector<float> a0 = default, b0 = default, c0 = default, d0 = default, a1 = default, b1 = default, c1 = default, d1 = default;
        Vector<float> a2 = default, b2 = default, c2 = default, d2 = default, a3 = default, b3 = default, c3 = default, d3 = default;
        for (var k = 0; k < gates; k++, kernel += 4 * lanes)
        {
            Vector<float> a = Vector.Load(kernel), b = Vector.Load(kernel + lanes), c = Vector.Load(kernel + 2 * lanes), d = Vector.Load(kernel + 3 * lanes);
            var x = Vector.Create(r0[k]);
            a0 = Vector.MultiplyAddEstimate(x, a, a0);
            b0 = Vector.MultiplyAddEstimate(x, b, b0);
            c0 = Vector.MultiplyAddEstimate(x, c, c0);
            d0 = Vector.MultiplyAddEstimate(x, d, d0);
            x = Vector.Create(r1[k]);
            a1 = Vector.MultiplyAddEstimate(x, a, a1);
            b1 = Vector.MultiplyAddEstimate(x, b, b1);
            c1 = Vector.MultiplyAddEstimate(x, c, c1);
            d1 = Vector.MultiplyAddEstimate(x, d, d1);
            x = Vector.Create(r2[k]);
            a2 = Vector.MultiplyAddEstimate(x, a, a2);
            b2 = Vector.MultiplyAddEstimate(x, b, b2);
            c2 = Vector.MultiplyAddEstimate(x, c, c2);
            d2 = Vector.MultiplyAddEstimate(x, d, d2);
            x = Vector.Create(r3[k]);
            a3 = Vector.MultiplyAddEstimate(x, a, a3);
            b3 = Vector.MultiplyAddEstimate(x, b, b3);
            c3 = Vector.MultiplyAddEstimate(x, c, c3);
            d3 = Vector.MultiplyAddEstimate(x, d, d3);
        }
        Store(a0, b0, c0, d0, to);
        Store(a1, b1, c1, d1, to + stride);
        Store(a2, b2, c2, d2, to + 2 * stride);
        Store(a3, b3, c3, d3, to + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(float* kernel, int wide, int gates, float* from, float* to, int stride)
    {
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (var k = 0; k < gates; k++, kernel += wide, from++)
        {
            var a = Vector.Load(kernel);
            a0 = Vector.MultiplyAddEstimate(Vector.Create(from[0]), a, a0);
            a1 = Vector.MultiplyAddEstimate(Vector.Create(from[gates]), a, a1);
            a2 = Vector.MultiplyAddEstimate(Vector.Create(from[2 * gates]), a, a2);
            a3 = Vector.MultiplyAddEstimate(Vector.Create(from[3 * gates]), a, a3);
        }
        a0.Store(to);
        a1.Store(to + stride);
        a2.Store(to + 2 * stride);
        a3.Store(to + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(float* kernel, int gates, float* from, float* to)
    {
        var lanes = Vector<float>.Count;
        Vector<float> a = default, b = default, c = default, d = default;
        for (var k = 0; k < gates; k++, kernel += 4 * lanes)
        {
            var x = Vector.Create(from[k]);
            a = Vector.MultiplyAddEstimate(x, Vector.Load(kernel), a);
            b = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + lanes), b);
            c = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + 2 * lanes), c);
            d = Vector.MultiplyAddEstimate(x, Vector.Load(kernel + 3 * lanes), d);
        }
        Store(a, b, c, d, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(float* kernel, int wide, int gates, float* from, float* to)
    {
        Vector<float> a = default;
        for (var k = 0; k < gates; k++, kernel += wide)
            a = Vector.MultiplyAddEstimate(Vector.Create(from[k]), Vector.Load(kernel), a);
        a.Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d, float* to)
    {
        var lanes = Vector<float>.Count;
        a.Store(to);
        b.Store(to + lanes);
        c.Store(to + 2 * lanes);
        d.Store(to + 3 * lanes);
    }
}
