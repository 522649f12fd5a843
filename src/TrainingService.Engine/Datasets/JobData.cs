using System.Globalization;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>A job's pipelines: training, validation, test.</summary>
public sealed class JobData : IDisposable
{
    private const int DefaultBatchSize = 32;

    private readonly TrainerPlan _plan;
    private readonly RandomStreams _random;
    private readonly Dictionary<DataSource, DatasetRows> _open = new(ReferenceEqualityComparer.Instance);
    private readonly int _batchSize;

    /// <summary>Opens the data sets that the plan names.</summary>
    /// <exception cref="DatasetException">They cannot be used.</exception>
    /// <param name="plan">Names them.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="origin">The epoch that began with the first rows, where the run goes on from another one; null is the fit's initial epoch.</param>
    public JobData(TrainerPlan plan, RandomStreams random, int? origin = null)
    {
        (_plan, _random) = (plan, random);
        var (data, fit) = (plan.Spec.Data, plan.Spec.Fit ?? new FitSpec());
        _batchSize = fit.BatchSize ?? DefaultBatchSize;
        try
        {
            Train = Learning(data, fit, origin ?? fit.InitialEpoch);
            var inherited = Inherited(data.Train.Pipeline ?? []);
            Validation = Other(data, data.Validation, Subset.Validation, data.Split is { } split && (split.Method == SplitMethod.KFold || split.ValidationPart() > 0), inherited, fit.ValidationSteps);
            Test = Other(data, data.Test, Subset.Test, data.Split is { Test: > 0 }, inherited, null);
            Preprocessing = Preprocessing.Of(Rows(data.Train), Train);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Rows to learn from.</summary>
    public Pipeline Train { get; private set; }

    /// <summary>Rows to watch after an epoch, or null.</summary>
    public Pipeline? Validation { get; }

    /// <summary>Rows for the evaluation at the end, or null.</summary>
    public Pipeline? Test { get; }

    /// <summary>What is done with raw values before the model gets them.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>What validation and test rows without a pipeline of their own get: the training one's without shuffling and choosing rows.</summary>
    public static IReadOnlyList<PipelineStep> Inherited(IReadOnlyList<PipelineStep> train) =>
        [.. train.Where(step => step is Map or Cache or Prefetch or Contracts.Datasets.Batch or PaddedBatch or BucketBySequenceLength).Select(step => step switch
        {
            Contracts.Datasets.Batch batch => batch with { DropRemainder = false },
            PaddedBatch batch => batch with { DropRemainder = false },
            BucketBySequenceLength batch => batch with { DropRemainder = false },
            _ => step,
        })];

    private Pipeline Learning(DataSpec data, FitSpec fit, int initialEpoch)
    {
        var rows = Rows(data.Train);
        if (data.Split is { } split)
            rows.Divide(split, _random);
        var set = rows.Open(out var classWeights, weighsClasses: fit.ClassWeight is not null);
        if (fit.ClassWeight?.ByClass is { } given)
            classWeights!.Weights = given.ToDictionary(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => pair.Value);
        var pipeline = new Pipeline(set, data.Train.Pipeline ?? [], _batchSize, _random, "train", Context(rows, "train", data.Split is null ? null : Subset.Train, null))
        {
            StepsPerEpoch = fit.StepsPerEpoch,
            InitialEpoch = initialEpoch,
        };
        if (classWeights is { Weights: null })
            classWeights.Weights = ClassWeights.Balanced(pipeline.CountClasses());
        return pipeline;
    }

    /// <param name="data">All sources.</param>
    /// <param name="source">This one's, or null.</param>
    /// <param name="subset">Which part of the training source it is, where that is divided.</param>
    /// <param name="isDivided">Whether the training source is divided so that it has such a part.</param>
    /// <param name="inherited">Steps where it has none.</param>
    /// <param name="steps">Batches at most.</param>
    private Pipeline? Other(DataSpec data, DataSource? source, Subset subset, bool isDivided, IReadOnlyList<PipelineStep> inherited, int? steps)
    {
        var isPart = source is null ? isDivided : source.Subset is not null;
        if (source is null && !isPart)
            return null;
        var rows = Rows(isPart ? data.Train : source!);
        var name = subset.ToString().ToLowerInvariant();
        return new Pipeline(
            rows.Open(out _), source?.Pipeline ?? inherited, _batchSize, _random, name, Context(rows, name, isPart ? source?.Subset ?? subset : null, Train.Learned))
        {
            StepsPerEpoch = steps,
        };
    }

    private PipelineContext Context(DatasetRows rows, string name, Subset? subset, IReadOnlyList<LearnedMap>? learned) => new()
    {
        Learned = learned,
        ScratchDirectory = Path.Combine(_plan.OutputDirectory, "cache"),
        Order = () => rows.Order(_random, name, subset),
    };

    private DatasetRows Rows(DataSource source)
    {
        if (!_open.TryGetValue(source, out var rows))
            _open[source] = rows = new DatasetRows(_plan, source);
        return rows;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Train?.Dispose();
        Validation?.Dispose();
        Test?.Dispose();
        foreach (var rows in _open.Values)
            rows.Dispose();
    }
}
