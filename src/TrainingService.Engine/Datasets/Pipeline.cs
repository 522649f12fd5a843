using System.Diagnostics;
using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>The steps of a <see cref="DataSource"/>, run over rows in memory: maps, cache, order, batches, prefetch.</summary>
public sealed class Pipeline : IDisposable
{
    private const int RowsPerCacheStep = 4_096;
    private const int AutomaticBuffer = 8;

    private readonly Rows _rows;
    private readonly RowOrder _order;
    private readonly List<Layer> _maps = []; // applied to every batch; a cache applies what came before it to all rows
    private readonly Prefetch? _prefetch;
    private readonly bool _mapsDraw;
    private readonly long _rowsPerPass, _batchesPerPass;
    private readonly Stopwatch _wait = new();

    /// <summary>Builds the steps; a cache is filled at once.</summary>
    /// <param name="rows">The source; the pipeline takes it over.</param>
    /// <param name="steps">In order.</param>
    /// <param name="batchSize">Rows per batch where the steps have no batch.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Which rows: <c>train</c>; part of the shuffle's stream.</param>
    public Pipeline(Rows rows, IReadOnlyList<PipelineStep> steps, int batchSize, RandomStreams random, string name)
    {
        _rows = rows;
        _order = new RowOrder(random, name);
        FeatureShape = ShapeOf(rows.Features);
        foreach (var step in steps)
        {
            switch (step)
            {
                case Map map:
                    AddMap(map, random, name);
                    break;
                case Cache:
                    _rows = Cached(_rows);
                    _order.Freeze();
                    break;
                case Prefetch prefetch:
                    _prefetch = prefetch;
                    break;
                default:
                    _order.Add(step);
                    break;
            }
        }
        _mapsDraw = _maps.Exists(map => map.Draws);
        if (_order.BatchSize is null)
            _order.Add(new Contracts.Datasets.Batch(batchSize));
        (_rowsPerPass, _batchesPerPass) = _order.Count(_rows.Count);
        if (_batchesPerPass == 0)
            throw new DatasetException($"The {name} pipeline yields no batch of the {_rows.Count} rows it starts from.");
    }

    /// <summary>Shape of a batch of features, its size unknown.</summary>
    public Shape FeatureShape { get; private set; }

    /// <summary>Shape of a batch of labels, its size unknown.</summary>
    public Shape LabelShape => ShapeOf(_rows.Labels);

    /// <summary>Shapes of the batches of all inputs, their size unknown.</summary>
    public IReadOnlyList<Shape> FeatureShapes => [FeatureShape, .. _rows.MoreFeatures.Select(ShapeOf)];

    /// <summary>Shapes of the batches of all labels, their size unknown.</summary>
    public IReadOnlyList<Shape> LabelShapes => [LabelShape, .. _rows.MoreLabels.Select(ShapeOf)];

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
    public IEnumerable<Batch> Epoch(int epoch, long from = 0, int? drawing = null)
    {
        var batches = RowsOf(epoch).Select((rows, number) => (rows, number)).Where(batch => batch.number >= from)
            .Select(batch => Gather(batch.rows, ((ulong)(drawing ?? epoch) << 32) + (ulong)batch.number));
        using var source = Prefetched(batches).GetEnumerator();
        while (Next(source) is { } batch)
            yield return batch;
    }

    private IEnumerable<Batch> Prefetched(IEnumerable<Batch> batches) => _prefetch switch
    {
        null => batches,
        { BufferSize: { } size } => Prefetching.Run(batches, size),
        _ => Prefetching.RunWherePaying(batches, AutomaticBuffer, sparesCore: Environment.ProcessorCount > get_num_threads()),
    };

    private IEnumerable<long[]> RowsOf(int epoch)
    {
        if (StepsPerEpoch is not { } steps)
            return _order.Batches(_rows.Count, epoch);
        var epochsPerPass = (_batchesPerPass + steps - 1) / steps;
        var (pass, part) = Math.DivRem(epoch - InitialEpoch, epochsPerPass);
        return _order.Batches(_rows.Count, (int)pass).Skip((int)part * steps).Take(steps);
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

    private Batch Gather(long[] rows, ulong number)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (_mapsDraw)
            _maps.ForEach(map => map.DrawFor(number));
        var features = Apply(RowGather.Select(_rows.Features, rows));
        var weights = _rows.SampleWeight is { } all ? RowGather.Select(all, rows).DetachFromDisposeScope() : null;
        var batch = new Batch(features.DetachFromDisposeScope(), RowGather.Select(_rows.Labels, rows).DetachFromDisposeScope(), weights);
        return _rows is { MoreFeatures: [], MoreLabels: [], MoreSampleWeights: [] } ? batch : batch with
        {
            MoreFeatures = [.. _rows.MoreFeatures.Select(each => RowGather.Select(each, rows).DetachFromDisposeScope())],
            MoreLabels = [.. _rows.MoreLabels.Select(each => RowGather.Select(each, rows).DetachFromDisposeScope())],
            MoreSampleWeights = [.. _rows.MoreSampleWeights.Select(each => each is null ? null : RowGather.Select(each, rows).DetachFromDisposeScope())],
        };
    }

    private Tensor Apply(Tensor features)
    {
        if (_maps.Count == 0)
            return features;
        var around = new CallContext(training: true);
        var value = new KerasTensor(features);
        foreach (var map in _maps)
            value = map.Apply(value, around);
        return value.Value;
    }

    private Rows Cached(Rows rows)
    {
        if (_maps.Count == 0)
            return rows;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor? all = null;
        for (long start = 0; start < rows.Count; start += RowsPerCacheStep)
        {
            Training.Pulse.Beat();
            using var step = NewDisposeScope();
            var part = Apply(rows.Features.narrow(0, start, Math.Min(RowsPerCacheStep, rows.Count - start)));
            all ??= empty([rows.Count, .. part.shape.Skip(1)], part.dtype).DetachFromDisposeScope();
            all.narrow(0, start, part.shape[0]).copy_(part);
        }
        foreach (var map in _maps)
            map.Dispose();
        _maps.Clear();
        rows.Features.Dispose();
        return rows with { Features = all! };
    }

    private void AddMap(Map map, RandomStreams random, string name)
    {
        var layer = LayerTable.Build(map.Layer ?? throw new DatasetException($"map: {map.Function.Name} is not computed."), new LayerContext($"{name}/map_{_maps.Count}", FeatureShape, trainable: false, random, CPU));
        _maps.Add(layer);
        FeatureShape = layer.OutputShape;
    }

    private static Shape ShapeOf(Tensor rows) => new([null, .. rows.shape.Skip(1).Select(size => (long?)size)]);

    /// <inheritdoc />
    public void Dispose()
    {
        _rows.Dispose();
        foreach (var map in _maps)
            map.Dispose();
    }
}
