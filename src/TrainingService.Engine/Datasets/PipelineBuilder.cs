using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>
/// Puts a pipeline together, step by step: each one sees what those before it make of the rows. What a step needs to know of all rows (which are
/// kept, how long they are, what a layer learns from them) it looks up when it is added.
/// </summary>
internal sealed class PipelineBuilder : IDisposable
{
    private readonly RandomStreams _random;
    private readonly string _name;
    private readonly PipelineContext _context;
    private readonly List<Shape> _shapes;
    private readonly List<MapStage> _before = [], _after = [];
    private readonly List<int?> _calls = [];
    private BatchPadding? _padding;
    private Prefetch? _prefetch;
    private int _layers;
    private Func<IEnumerable<PipelineStep>> _chosenLater = () => [];

    /// <param name="rows">The source; taken over.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Which rows: <c>train</c>; part of the streams' names.</param>
    /// <param name="context">What surrounds the pipeline.</param>
    public PipelineBuilder(RowSet rows, RandomStreams random, string name, PipelineContext context)
    {
        (Rows, _random, _name, _context) = (rows, random, name, context);
        Order = context.Order?.Invoke() ?? new RowOrder(random, name, rows.Count);
        _shapes = [.. rows.Components.Select(component => component.Column.Shape)];
    }

    /// <summary>What batches are made of.</summary>
    public RowSet Rows { get; private set; }

    /// <summary>Which of them.</summary>
    public RowOrder Order { get; private set; }

    /// <summary>Shapes of batches by component.</summary>
    public IReadOnlyList<Shape> Shapes => _shapes;

    /// <summary>What was learned, in order.</summary>
    public List<LearnedMap> Learned { get; } = [];

    /// <summary>Every map in order, with what was learned.</summary>
    public List<AppliedMap> Applied { get; } = [];

    /// <summary>Who makes the batches.</summary>
    public BatchMaker Maker => new(Rows, [.. _before], _padding, [.. _after]);

    /// <summary>How they are prepared.</summary>
    public PrefetchPlan Plan => new(
        _prefetch is not null || _calls.Exists(calls => calls != 1), _prefetch?.BufferSize,
        _calls.Count == 0 || _calls.Contains(null) ? null : _calls.Max());

    /// <summary>What would make it faster.</summary>
    public string Advice => (_before.Exists(stage => !stage.Draws), _prefetch, _calls.Exists(calls => calls is not null)) switch
    {
        (true, _, _) => "A cache behind the maps that do not draw computes them once.",
        (_, null, _) => "Prefetch as the last step prepares batches while the model computes.",
        (_, _, true) => "Maps with num_parallel_calls \"auto\" take as many threads as they need.",
        _ => "Fewer or cheaper maps, larger batches, or more cores help.",
    };

    /// <summary>Adds all steps.</summary>
    public void AddAll(IReadOnlyList<PipelineStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var behind = i + 1;
            // What steps behind a layer leave out is nothing that it may learn from; they choose the same rows as long as these are in their order.
            _chosenLater = () => steps.Skip(behind).TakeWhile(step => step is Map or Filter or Cache or Take or Skip or Shard or Prefetch);
            Add(steps[i]);
        }
    }

    /// <summary>Adds a step.</summary>
    public void Add(PipelineStep step)
    {
        switch (step)
        {
            case Map map: AddMap(map); break;
            case Filter filter: AddFilter(filter); break;
            case Cache cache: AddCache(cache); break;
            case Shuffle shuffle: Order.Shuffle(shuffle.BufferSize, shuffle.Seed, shuffle.ReshuffleEachIteration); break;
            case Repeat repeat: Order.Repeat(repeat.Count); break;
            case Take take: Order.Take(take.Count); break;
            case Skip skip: Order.Skip(skip.Count); break;
            case Shard shard: Order.Shard(shard.NumShards, shard.Index); break;
            case Resample resample: Resample(Resampling.Of(resample.Strategy), resample.Seed); break;
            case RejectionResample rejection: Resample(Resampling.Rejecting(rejection.TargetDist, rejection.InitialDist), rejection.Seed); break;
            case Contracts.Datasets.Batch batch: Order.Batch(batch.BatchSize, batch.DropRemainder); break;
            case PaddedBatch batch: AddPadded(batch); break;
            case BucketBySequenceLength bucket: AddBuckets(bucket); break;
            // Elements in front of a batch are rows; a buffer of those says nothing of batches.
            case Prefetch prefetch: _prefetch = Order.BatchSize is null ? _prefetch ?? new Contracts.Datasets.Prefetch() : prefetch; break;
            default: throw new NotSupportedException($"{step.GetType().Name} is no step of a pipeline.");
        }
    }

    /// <summary>Values of a component of rows behind the maps so far, in parts; each part is gone when the next one comes.</summary>
    /// <param name="place">The component.</param>
    /// <param name="rows">Row numbers.</param>
    /// <param name="ofRows">Behind the maps in front of batch only.</param>
    public IEnumerable<(long[] Rows, HostValue Value)> Values(int place, IEnumerable<long> rows, bool ofRows = false)
    {
        var maker = Maker;
        foreach (var part in rows.Chunk(PipelineContext.RowsPerPart))
        {
            Training.Pulse.Beat();
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            yield return (part, ofRows ? maker.Value(place, part) : maker.Mapped(place, part));
            Rows.Trim?.Invoke();
        }
    }

    private void AddMap(Map map)
    {
        var place = Rows.PlaceOf(map.On);
        if (map.Function is LayerMap { Layer: Contracts.Layers.LayerPipeline pipeline } && pipeline.Layers.Any(Preparing.TakesTextsOrLearns))
        {
            foreach (var layer in pipeline.Layers)
                AddMap(map with { Function = new LayerMap(layer) });
            return;
        }
        var context = new LayerContext($"{_name}/map_{_layers++}", _shapes[place], trainable: false, _random, CPU);
        var stage = MapStage.Build(map.Function, place, context);
        if (stage is LayerStage { Layer: IAdaptable { Adapts: true } } adaptable)
            stage = Learn(adaptable, place, map);
        (Order.BatchSize is null ? _before : _after).Add(stage);
        _calls.Add(map.NumParallelCalls);
        _shapes[place] = stage.OutputShape;
        Applied.Add(new AppliedMap(Rows.Components[place].Name, stage is LayerStage applied ? new LayerMap(applied.Layer.Spec) : map.Function));
    }

    private LayerStage Learn(LayerStage stage, int place, Map map)
    {
        var original = ((LayerMap)map.Function).Layer;
        var component = Rows.Components[place].Name;
        var number = Learned.Count(learned => learned.IsOf(component, original));
        LayerStage result;
        if (_context.Learned is { } known)
        {
            var given = known.Where(learned => learned.IsOf(component, original)).ElementAtOrDefault(original.Name is null ? number : 0)?.Layer
                ?? throw new DatasetException($"The {_name} pipeline: expected {stage.Layer.Name} to be a map of the training pipeline too, as layers learn from training rows only. Received: one that has learned nothing.");
            result = stage.With(given);
        }
        else
        {
            if (Order.IsInfinite)
                throw new DatasetException($"{stage.Layer.Name} learns from the rows: expected it in front of repeat, which does not end. Received: behind it.");
            var layer = (IAdaptable)stage.Layer;
            layer.Reset();
            foreach (var (_, value) in Values(place, RowsToLearnFrom()))
            {
                foreach (var part in value is RaggedValue ? HostBatches.Singles(value) : [value])
                    layer.Update(part);
            }
            layer.Finish();
            result = stage.With(layer.Learned());
        }
        stage.Dispose();
        Learned.Add(new LearnedMap(component, original, result.Layer.Spec));
        return result;
    }

    private IEnumerable<long> RowsToLearnFrom()
    {
        var rows = Order.EachRow();
        foreach (var step in Order.BatchSize is null ? _chosenLater() : [])
        {
            rows = step switch
            {
                Take take => RowOrder.Taken(rows, take.Count),
                Skip skip => rows.Skip(skip.Count),
                Shard shard => rows.Where((_, number) => number % shard.NumShards == shard.Index),
                _ => rows,
            };
        }
        return rows;
    }

    private void AddFilter(Filter filter)
    {
        if (_before.Exists(stage => stage.Draws))
            throw new DatasetException($"filter: expected in front of maps that draw, so that the same rows are kept in every epoch. Received: \"{filter.Expression}\" behind one.");
        var kept = new RowBits(Rows.Count);
        new RowCondition(filter.Expression, this).Mark(Order.EachRow(), kept);
        Order.Where(row => kept[row]);
    }

    private void Resample(Func<int[], Func<IEnumerable<long>, SplitMix64, IEnumerable<long>>> resampling, long? seed)
    {
        var classes = new int[Rows.Count];
        foreach (var (rows, value) in Values(Rows.PlaceOf("labels"), Order.EachRow()))
        {
            var numbers = LabelClasses.Of(value.Numbers());
            for (var i = 0; i < rows.Length; i++)
                classes[rows[i]] = numbers[i];
        }
        Order.Resample(resampling(classes), seed);
    }

    private void AddPadded(PaddedBatch batch)
    {
        _padding = new BatchPadding(PaddedShapes(batch.PaddedShapes), PaddingValues(batch.PaddingValues));
        Order.Batch(batch.BatchSize, batch.DropRemainder);
        Widen();
    }

    private void AddBuckets(BucketBySequenceLength step)
    {
        var place = Rows.PlaceOf(step.On);
        var bounds = step.BucketBoundaries.ToArray();
        var lengths = RowLengths.Of(this, place, _before);
        var most = bounds[^1] - 1;
        if (step.PadToBucketBoundary && Order.EachRow().Select(row => (long?)row).FirstOrDefault(row => lengths[row!.Value] > most) is { } longer)
            throw new DatasetException($"bucket_by_sequence_length: expected rows of at most {most}, as pad_to_bucket_boundary says. Received: a row of {lengths[longer]}.");
        _padding = new BatchPadding(
            PaddedShapes(step.PaddedShapes), PaddingValues(step.PaddingValues), step.PadToBucketBoundary ? row => bounds[BucketOf(row)] - 1 : null, place);
        Order.Bucket(BucketOf, step.BucketBatchSizes, step.DropRemainder);
        Widen();

        int BucketOf(long row)
        {
            var found = Array.BinarySearch(bounds, lengths[row]);
            return found < 0 ? ~found : found + 1;
        }
    }

    private List<IReadOnlyList<long?>?> PaddedShapes(IReadOnlyDictionary<string, Shape>? shapes) =>
        [.. Rows.Components.Select((_, place) => shapes?.FirstOrDefault(shape => Rows.FindPlace(shape.Key) == place).Value)];

    private List<double> PaddingValues(IReadOnlyDictionary<string, double>? values) =>
        [.. Rows.Components.Select((_, place) => values?.FirstOrDefault(value => Rows.FindPlace(value.Key) == place).Value ?? 0)];

    /// <summary>Sizes that padding makes known.</summary>
    private void Widen()
    {
        for (var place = 0; place < _shapes.Count; place++)
        {
            if (_padding!.Shapes[place] is { } sizes)
                _shapes[place] = new Shape([null, .. sizes.Select((size, axis) => size ?? (axis + 1 < _shapes[place].Rank ? _shapes[place][axis + 1] : null))]);
        }
    }

    /// <summary>What came so far becomes the source: the values behind the maps, in the order of the first pass.</summary>
    private void AddCache(Cache cache)
    {
        if (Order.IsInfinite)
            throw new DatasetException("cache: expected in front of repeat, which does not end. Received: behind it.");
        if (_before.Count + _after.Count == 0 && Order.IsWhole && cache.Filename is null)
            return; // the rows are what they are
        if (_after.Exists(stage => stage.Draws))
            throw new DatasetException("cache: expected in front of batch, or of maps that draw, so that it is clear what is kept. Received: behind a map of batches that draws.");
        (Rows, Order) = RowCache.Fill(this, cache.Filename is { } file ? _context.PathOf($"{_name}.{file}") : null, _before);
        foreach (var stage in _before)
            stage.Dispose();
        _before.Clear();
        _layers = _after.Count;
        _calls.RemoveRange(0, _calls.Count - _after.Count);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Rows.Dispose();
        foreach (var stage in _before.Concat(_after))
            stage.Dispose();
    }
}
