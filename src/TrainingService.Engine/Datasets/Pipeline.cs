using System.Diagnostics;
using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>The steps of a <see cref="DataSource"/>, run over rows in the order given and with tf.data's meaning.</summary>
public sealed class Pipeline : IDisposable
{
    private readonly RowSet _rows;
    private readonly RowOrder _order;
    private readonly PrefetchPlan _prefetch;
    private readonly List<BatchMaker> _makers; // one for each thread that prepares batches
    private readonly long _rowsPerPass, _batchesPerPass;
    private readonly IReadOnlyList<Shape> _shapes;
    private readonly Stopwatch _wait = new();
    private OpenPass? _open;

    /// <summary>Builds the steps over rows in memory.</summary>
    /// <param name="rows">The source; the pipeline takes it over.</param>
    /// <param name="steps">In order.</param>
    /// <param name="batchSize">Rows per batch where the steps have no batch.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Which rows: <c>train</c>; part of the shuffle's stream.</param>
    public Pipeline(Rows rows, IReadOnlyList<PipelineStep> steps, int batchSize, RandomStreams random, string name)
        : this(RowSet.Of(rows), steps, batchSize, random, name, new PipelineContext())
    {
    }

    /// <summary>Builds the steps. A cache is filled, a filter finds its rows, and layers learn at once.</summary>
    /// <param name="rows">The source; the pipeline takes it over.</param>
    /// <param name="steps">In order.</param>
    /// <param name="batchSize">Rows per batch where the steps have no batch.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Which rows: <c>train</c>; part of the shuffle's stream.</param>
    /// <param name="context">What surrounds it.</param>
    /// <exception cref="DatasetException">A step cannot be done with these rows, or none are left.</exception>
    public Pipeline(RowSet rows, IReadOnlyList<PipelineStep> steps, int batchSize, RandomStreams random, string name, PipelineContext context)
    {
        var builder = new PipelineBuilder(rows, random, name, context);
        try
        {
            builder.AddAll(steps);
            if (builder.Order.BatchSize is null)
                builder.Add(new Contracts.Datasets.Batch(batchSize));
            (_rowsPerPass, _batchesPerPass) = builder.Order.Count();
            if (_batchesPerPass == 0)
                throw new DatasetException($"The {name} pipeline yields no batch of the {rows.Count} rows it starts from.");
        }
        catch
        {
            builder.Dispose();
            throw;
        }
        (_rows, _order, _prefetch, _shapes, Learned, Applied) = (builder.Rows, builder.Order, builder.Plan, builder.Shapes, builder.Learned, builder.Applied);
        Advice = builder.Advice;
        _makers = [builder.Maker];
    }

    /// <summary>Shape of a batch of features, its size unknown.</summary>
    public Shape FeatureShape => FeatureShapes[0];

    /// <summary>Shape of a batch of labels, its size unknown.</summary>
    public Shape LabelShape => LabelShapes[0];

    /// <summary>Shapes of the batches of all inputs, their size unknown.</summary>
    public IReadOnlyList<Shape> FeatureShapes => ShapesOf(ComponentRole.Feature);

    /// <summary>Shapes of the batches of all labels, their size unknown.</summary>
    public IReadOnlyList<Shape> LabelShapes => ShapesOf(ComponentRole.Label);

    /// <summary>What would keep a model from waiting for these batches.</summary>
    public string Advice { get; }

    /// <summary>Layers that learned from the rows, in order.</summary>
    public IReadOnlyList<LearnedMap> Learned { get; }

    /// <summary>All maps, in order, with what was learned.</summary>
    public IReadOnlyList<AppliedMap> Applied { get; }

    /// <summary>What batches are made of.</summary>
    internal RowSet Rows => _rows;

    /// <summary>Rows by the class that the weights of the first output give in place of weights.</summary>
    internal IReadOnlyDictionary<int, long> CountClasses()
    {
        var column = _rows.Components.First(component => component is { Role: ComponentRole.Weight, Place: 0 }).Column;
        Dictionary<int, long> counts = [];
        foreach (var rows in _order.EachRow().Chunk(PipelineContext.RowsPerPart))
        {
            using var scope = NewDisposeScope();
            foreach (var label in LabelClasses.Of(((Layers.TensorValue)column.Gather(rows)).Tensor))
                counts[label] = counts.GetValueOrDefault(label) + 1;
        }
        return counts;
    }

    /// <summary>
    /// Keras's steps_per_epoch: an epoch has so many batches, and the next one goes on behind them. Where the rows end inside an epoch, so does the
    /// epoch, and the next one begins anew. Default: null, all rows in every epoch.
    /// </summary>
    public int? StepsPerEpoch { get; init; }

    /// <summary>The epoch that begins with the first rows, where epochs are parts of them. Default: 0.</summary>
    public int InitialEpoch { get; init; }

    /// <summary>Rows of an epoch; the last epoch over the rows may have fewer.</summary>
    public long RowsPerEpoch => StepsPerEpoch is { } steps && steps < _batchesPerPass ? (long)steps * BatchSize : _rowsPerPass;

    /// <summary>Batches of an epoch; the last epoch over the rows may have fewer.</summary>
    public long BatchesPerEpoch => Math.Min(StepsPerEpoch ?? _batchesPerPass, _batchesPerPass);

    /// <summary>Rows of a full batch.</summary>
    public int BatchSize => _order.BatchSize!.Value;

    /// <summary>Time that whoever takes batches has waited for them, over all epochs.</summary>
    public TimeSpan Waited => _wait.Elapsed;

    /// <summary>
    /// The batches of an epoch. Seed, epoch and number of the batch decide what is in it, what maps draw included, so that an epoch can be
    /// entered anywhere.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="from">Batches to pass over.</param>
    /// <param name="drawing">Whose draws the maps make, where the same rows come again; null takes the epoch's.</param>
    /// <exception cref="DatasetException">The rows do not end, and nothing says where an epoch does.</exception>
    public IEnumerable<Batch> Epoch(int epoch, long from = 0, int? drawing = null)
    {
        var orders = RowsOf(epoch).Select((rows, number) => (rows, number)).Where(batch => batch.number >= from)
            .Select(batch => new BatchOrder(batch.rows, ((ulong)(drawing ?? epoch) << 32) + (ulong)batch.number));
        var prefetching = new Prefetching(_prefetch, MakerOf, sparesCore: Environment.ProcessorCount > get_num_threads());
        using var source = prefetching.Run(orders).GetEnumerator();
        while (Next(source) is { } batch)
            yield return batch;
    }

    /// <summary>Rows of every batch of an epoch, in order.</summary>
    internal IEnumerable<long[]> RowsOf(int epoch)
    {
        if (StepsPerEpoch is not { } steps)
        {
            return _order.IsInfinite
                ? throw new DatasetException("repeat without a count does not end: expected steps_per_epoch, or take behind it. Received: neither.")
                : _order.Batches(epoch);
        }
        if (_order.IsInfinite)
            return Part(0, (long)(epoch - InitialEpoch) * steps, steps);
        var epochsPerPass = (_batchesPerPass + steps - 1) / steps;
        var (pass, part) = Math.DivRem(epoch - InitialEpoch, epochsPerPass);
        return Part(pass, part * steps, steps);
    }

    /// <summary>Some batches of a pass. An epoch that goes on where the one before it ended need not walk there again.</summary>
    private IEnumerable<long[]> Part(long pass, long from, int count)
    {
        var open = Interlocked.Exchange(ref _open, null);
        if (open is not null && (open.Pass != pass || open.Next != from))
        {
            open.Dispose();
            open = null;
        }
        open ??= new OpenPass(_order.Batches(pass).Skip(from).GetEnumerator(), pass, from);
        var isDone = false;
        try
        {
            for (var i = 0; i < count && open.Batches.MoveNext(); i++)
            {
                open.Next++;
                isDone = i == count - 1;
                yield return open.Batches.Current;
            }
        }
        finally
        {
            if (isDone && open.Next == from + count)
                _open = open;
            else
                open.Dispose();
        }
    }

    private BatchMaker MakerOf(int thread)
    {
        while (_makers.Count <= thread)
            _makers.Add(_makers[0].Copy());
        return _makers[thread];
    }

    private Batch? Next(IEnumerator<Batch> source)
    {
        _wait.Start();
        try
        {
            return source.MoveNext() ? source.Current : null;
        }
        finally
        {
            _wait.Stop();
        }
    }

    private IReadOnlyList<Shape> ShapesOf(ComponentRole role) => [.. _shapes.Where((_, place) => _rows.Components[place].Role == role)];

    /// <inheritdoc />
    public void Dispose()
    {
        _open?.Dispose();
        _rows.Dispose();
        _makers.ForEach(maker => maker.Dispose());
    }

    /// <summary>A pass over the rows that an epoch has left inside.</summary>
    private sealed class OpenPass(IEnumerator<long[]> batches, long pass, long next) : IDisposable
    {
        public IEnumerator<long[]> Batches => batches;

        public long Pass => pass;

        public long Next { get; set; } = next;

        public void Dispose() => batches.Dispose();
    }
}
