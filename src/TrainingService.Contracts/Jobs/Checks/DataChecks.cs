using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>A job's rows, checked; a set that could not be checked is null.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Rows to watch.</param>
/// <param name="Test">Rows for the evaluation at the end.</param>
/// <param name="Split">How they were divided, with its defaults; null where they were not.</param>
internal sealed record CheckedData(CheckedSource? Train, CheckedSource? Validation, CheckedSource? Test, SplitSpec? Split = null)
{
    public IEnumerable<CheckedSource> All => new[] { Train, Validation, Test }.OfType<CheckedSource>();
}

/// <summary>Checks the sets of rows of a job, and that they go together.</summary>
internal sealed class DataChecks(ReadContext context, SourceChecks sources)
{
    private readonly ValidationSplits _splits = new(context, sources);

    /// <summary>Keras's rows per batch.</summary>
    private const int DefaultBatchSize = 32;

    private const int LargestBatch = 1_048_576;

    /// <summary>Rows per batch where the pipeline does not say.</summary>
    public static int BatchSize(FitSpec fit) => fit.BatchSize ?? DefaultBatchSize;

    public CheckedData Check(DataSpec? data, FitSpec fit)
    {
        if (data is null)
            return new CheckedData(null, null, null);
        var subsets = new SubsetChecks(context, data, fit);
        if (!subsets.AreSound() || (data.Split is not null && !context.IsSound(data.Split)))
            return new CheckedData(null, null, null);
        var whole = context.IsSound(data.Train) ? CheckTrain(data.Train, fit, subsets) : null;
        var split = data.Split is null || whole is null ? null : subsets.Resolve(whole);
        if (data.Split is not null && split is null)
            return new CheckedData(null, null, null);
        var (train, rest) = data.Validation is null && data.Split is null && fit.ValidationSplit > 0 && whole is not null ? _splits.Split(whole, fit) : (whole, null);
        var validation = rest ?? CheckOther(subsets.Source(Subset.Validation, whole), "validation", whole, subsets, rows => ValidationBatch(fit, whole, rows));
        if (data.Validation is { } own && validation is not null)
            CheckBatch(fit, "validation_batch_size", fit.ValidationBatchSize, own, "data.validation");
        var test = CheckOther(subsets.Source(Subset.Test, whole), "test", whole, subsets, _ => whole?.BatchSize ?? BatchSize(fit));
        CheckEnd(train, fit.StepsPerEpoch, "fit.steps_per_epoch");
        CheckEnd(validation, fit.ValidationSteps, "fit.validation_steps");
        CheckEnd(test, null, null);
        return new CheckedData(train, validation, test, split);
    }

    /// <summary>Rows per batch of a validation without a batch step of its own.</summary>
    public static int ValidationBatch(FitSpec fit, CheckedSource? train, long rows) =>
        fit.ValidationBatchSize ?? fit.BatchSize ?? InheritedSteps.BatchSize(train?.Origin.Pipeline) ?? Batches(rows, fit.ValidationSteps);

    /// <summary>Keras's batches where only their number is known.</summary>
    private static int Batches(long rows, int? steps) => steps is { } count ? (int)Int128.Clamp(((Int128)rows + count - 1) / count, 1, LargestBatch) : DefaultBatchSize;

    private CheckedSource? CheckTrain(DataSource source, FitSpec fit, SubsetChecks subsets)
    {
        var plan = new SourcePlan(source, source, source.Pipeline ?? [], BatchSize(fit), source.Pipeline is not null) { Subset = subsets.Rows(Subset.Train) };
        var train = sources.Check(plan);
        if (train is not null && fit is { BatchSize: null, StepsPerEpoch: { } steps } && InheritedSteps.BatchSize(source.Pipeline) is null)
            train = sources.Check(plan with { BatchSize = Batches(train.Rows, steps) });
        if (train is null)
            return null;
        CheckBatch(fit, "batch_size", fit.BatchSize, source, "data.train");
        if (!fit.Shuffle && (source.Pipeline ?? []).OfType<Shuffle>().FirstOrDefault() is { } shuffle)
            context.Add(context.At(shuffle), ViolationCodes.Conflict, "expected no shuffle, as fit.shuffle is false. Received: one.");
        // Rows without a pipeline are shuffled as fit does with arrays.
        var batch = new Batch(train.BatchSize);
        IReadOnlyList<PipelineStep> pipeline = source.Pipeline is not null ? InheritedSteps.Named(train.Pipeline) : fit.Shuffle ? [new Shuffle(train.Rows), batch] : [batch];
        return train with { Source = train.Source with { Pipeline = pipeline, Subset = subsets.Rows(Subset.Train) is null ? null : Subset.Train } };
    }

    private void CheckBatch(FitSpec fit, string field, int? asked, DataSource source, string name)
    {
        if (asked is null || (source.Pipeline ?? []).FirstOrDefault(SourceChecks.IsBatch) is not { } batch)
            return;
        if (batch is BucketBySequenceLength buckets)
        {
            if (asked != buckets.BucketBatchSizes.Max())
                context.Add(context.Field(fit, field), ViolationCodes.Conflict, $"expected nothing, as {name}'s pipeline has sizes for its buckets. Received: {asked}.");
        }
        else if (InheritedSteps.BatchSize(source.Pipeline) is { } size && size != asked)
            context.Add(context.Field(fit, field), ViolationCodes.Conflict, $"expected {size}, as {name}'s pipeline says, or nothing. Received: {asked}.");
    }

    private CheckedSource? CheckOther((DataSource Source, DataSource Origin, Subset? Subset)? rows, string name, CheckedSource? train, SubsetChecks subsets, Func<long, int> batchSize)
    {
        if (rows is not var (source, origin, subset) || !context.IsSound(origin))
            return null;
        var own = source.Pipeline is not null;
        if (train is null && !own)
        {
            // What the rows would inherit is not known.
            sources.Find(source, origin);
            return null;
        }
        if (train is not null)
            source = source with { Features = source.Features ?? train.Source.Features, Labels = source.Labels ?? train.Source.Labels, SampleWeight = source.SampleWeight ?? train.Source.SampleWeight };
        var plan = new SourcePlan(source, origin, source.Pipeline ?? Inherited(train, DefaultBatchSize), DefaultBatchSize, own)
        {
            Subset = subset is { } part ? subsets.Rows(part) : null,
            States = train is null ? [] : InheritedSteps.States(train.Pipeline),
        };
        var other = sources.Check(plan);
        if (other is not null && !own)
            other = sources.Check(plan with { Pipeline = Inherited(train, batchSize(other.Rows)), BatchSize = batchSize(other.Rows) });
        else if (other is not null && InheritedSteps.BatchSize(source.Pipeline) is null)
            other = sources.Check(plan with { BatchSize = batchSize(other.Rows) });
        if (other is null || train is null)
            return null;
        if (AreLike(other, train))
            return other;
        context.Add(context.At(origin), ViolationCodes.ShapeConflict, $"expected {name} batches like data.train's: {Kinds(train)}. Received: {Kinds(other)}.");
        return null;
    }

    private static IReadOnlyList<PipelineStep> Inherited(CheckedSource? train, int batchSize) => train is null ? [] : InheritedSteps.Of(train.Pipeline, batchSize);

    private static bool AreLike(CheckedSource one, CheckedSource other) =>
        Tensors(one).Select(tensor => (tensor.Name, tensor.Shape, tensor.Classes)).SequenceEqual(Tensors(other).Select(tensor => (tensor.Name, tensor.Shape, tensor.Classes)));

    private static IEnumerable<RowTensor> Tensors(CheckedSource source) => source.Layout.Tensors.Where(tensor => tensor.Part != RowPart.Weight);

    private static string Kinds(CheckedSource source)
    {
        var classes = source.Layout.Labels.Select(label => label.Classes).ToList() is [{ } count] ? $"{count} classes" : "no classes";
        return $"{string.Join(", ", Tensors(source).Select(tensor => $"{tensor.Name} {tensor.Shape}"))}, {classes}";
    }

    private void CheckEnd(CheckedSource? source, int? steps, string? field)
    {
        if (source is not { IsEndless: true } || steps is not null)
            return;
        var repeat = source.Origin.Pipeline?.OfType<Repeat>().FirstOrDefault(context.Knows);
        context.Add(
            repeat is null ? context.At(source.Origin) : context.At(repeat), ViolationCodes.Conflict,
            $"repeat: expected a count, a take behind it{(field is null ? "" : $", or {field}")}: without these it goes on for ever. Received: none.");
    }
}
