using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>The steps of an LSTM backwards for some rows of a batch: from the gradients of outputs and last states to those of the gates, features and first states.</summary>
internal readonly unsafe struct LstmBackward<T> where T : unmanaged, ISimd<T>
{
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
                for (var k = 0; k < count; k += T.Lanes)
                {
                    var vector = firstVector + k / T.Lanes;
                    var (group, wide) = Group(sizes, vector);
                    var to = packed + (long)group * sizes.Gates * T.Lanes + ((long)place * wide + vector - group) * T.Lanes;
                    var lanes = Math.Min(T.Lanes, count - k);
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
        for (; i + T.Lanes <= count; i += T.Lanes)
            (T.Load(to + i) + T.Load(from + i)).Store(to + i);
        for (; i < count; i++)
            to[i] += from[i];
    }

    /// <summary>The group of vectors that a vector is in: its first one, and how many lie side by side.</summary>
    private static (int First, int Wide) Group(LstmSizes sizes, int vector)
    {
        var first = vector / Tile<T>.Vectors * Tile<T>.Vectors;
        return (first, Math.Min(Tile<T>.Vectors, sizes.Row / T.Lanes - first));
    }

    /// <summary>One step of one row: the gradients of its gates, and of the cell before it in place of the one after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients(int blocks, float* gates, float* before, float* after, float* hidden, float* cell, float* to, float* sums)
    {
        var lanes = T.Lanes;
        var one = T.All(1);
        for (var block = 0; block < blocks; block++)
        {
            T i = T.Load(gates), f = T.Load(gates + lanes), g = T.Load(gates + 2 * lanes), o = T.Load(gates + 3 * lanes);
            var tanh = SimdMath.Tanh(T.Load(after));
            var dh = T.Load(hidden);
            var dc = T.MultiplyAdd(dh * o, one - tanh * tanh, T.Load(cell));
            (dc * f).Store(cell);
            i = dc * g * i * (one - i);
            f = dc * T.Load(before) * f * (one - f);
            var dg = dc * T.Load(gates) * (one - g * g);
            o = dh * tanh * o * (one - o);
            i.Store(to);
            f.Store(to + lanes);
            dg.Store(to + 2 * lanes);
            o.Store(to + 3 * lanes);
            (T.Load(sums) + i).Store(sums);
            (T.Load(sums + lanes) + f).Store(sums + lanes);
            (T.Load(sums + 2 * lanes) + dg).Store(sums + 2 * lanes);
            (T.Load(sums + 3 * lanes) + o).Store(sums + 3 * lanes);
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
        var vectors = (Sequence == null ? Sizes.State : Sizes.Row) / T.Lanes;
        for (var vector = 0; vector < vectors;)
        {
            var (group, wide) = Group(Sizes, vector);
            var kernel = Kernel + (long)group * Sizes.Gates * T.Lanes + (vector - group) * T.Lanes;
            var broad = wide == Tile<T>.Vectors && vector == group;
            for (var row = 0; row < rows;)
            {
                var tall = row + Tile<T>.Rows <= rows;
                float* from = gates + (long)row * Sizes.Gates, target = to + (long)row * Sizes.Row + vector * T.Lanes;
                if (tall && broad)
                    Tile<T>.FourByFour(kernel, Sizes.Gates, from, Sizes.Gates, target, Sizes.Row);
                else if (tall)
                    Tile<T>.FourByOne(kernel, wide * T.Lanes, Sizes.Gates, from, Sizes.Gates, target, Sizes.Row);
                else if (broad)
                    Tile<T>.OneByFour(kernel, Sizes.Gates, from, target);
                else
                    Tile<T>.OneByOne(kernel, wide * T.Lanes, Sizes.Gates, from, target);
                row += tall ? Tile<T>.Rows : 1;
            }
            vector += broad ? Tile<T>.Vectors : 1;
        }
    }
}
