using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>A set of rows that was checked.</summary>
/// <param name="Origin">The rows in the document: where violations go.</param>
/// <param name="Source">With its data set's version and its whole pipeline written out.</param>
/// <param name="Parts">The data sets, with the split of each.</param>
/// <param name="Stored">Rows that are read from.</param>
/// <param name="Rows">Rows that come out of the pipeline; where that is not exact, the most.</param>
/// <param name="Layout">The tensors of a batch.</param>
/// <param name="BatchSize">Rows of a full batch.</param>
/// <param name="CachedBytes">What the pipeline's caches hold in memory.</param>
internal sealed record CheckedSource(
    DataSource Origin, DataSource Source, IReadOnlyList<(DatasetInfo Info, string Split)> Parts, long Stored, long Rows, RowLayout Layout, int BatchSize,
    Int128 CachedBytes)
{
    /// <summary>The first data set.</summary>
    public DatasetInfo Info => Parts[0].Info;

    /// <summary>Whether the rows begin anew for ever.</summary>
    public bool IsEndless => Rows == RowFlow.Endless;

    public IReadOnlyList<PipelineStep> Pipeline => Source.Pipeline!;
}

/// <summary>Checks a set of rows: that it exists, and what its pipeline makes of it.</summary>
/// <param name="context">Takes the violations.</param>
/// <param name="datasets">Those that can be named.</param>
/// <param name="names">Names of the model's inputs and outputs, whose order the tensors take.</param>
internal sealed class SourceChecks(ReadContext context, IReadOnlyList<DatasetInfo> datasets, ModelNames names)
{
    private readonly PartChecks _parts = new(context, datasets);

    /// <summary>Whether the rows exist.</summary>
    public bool Find(DataSource source, DataSource origin) => _parts.Find(source, origin) is not null;

    /// <param name="plan">The rows.</param>
    /// <returns>The rows, or null after a violation.</returns>
    public CheckedSource? Check(SourcePlan plan)
    {
        var (origin, pipeline) = (plan.Origin, plan.Pipeline);
        if (_parts.Find(plan.Source, origin) is not { } parts)
            return null;
        var columns = parts[0].Info.AllColumns();
        if (LayoutOf(columns, plan.Source, origin) is not { } layout)
            return null;
        var before = context.Count;
        var stored = parts.Sum(part => part.Info.Splits[part.Split]);
        var flow = new RowFlow(columns, layout, plan.Subset?.Invoke(stored) ?? stored);
        var steps = new StepChecks(context, origin, plan.Own, plan.States);
        foreach (var step in pipeline)
        {
            if (!steps.Apply(step, flow))
                return null;
        }
        if (!flow.IsBatched)
        {
            var batch = new Batch(plan.BatchSize);
            pipeline = WithBatch(pipeline, batch);
            if (!steps.Apply(batch, flow))
                return null;
        }
        CheckLeft(plan, flow);
        CheckNumbers(origin, flow.Layout);
        if (context.Count > before)
            return null;
        var source = _parts.Pinned(plan.Source, parts) with { Pipeline = pipeline, Features = Ordered(plan.Source.Features, names.Inputs), Labels = Ordered(plan.Source.Labels, names.Outputs) };
        return new CheckedSource(origin, source, parts, stored, flow.Rows, flow.Layout, flow.BatchSize, flow.CachedBytes);
    }

    /// <summary>Bytes of one element.</summary>
    public static int BytesOf(string dtype) => dtype switch
    {
        "bool" or "int8" or "uint8" => 1,
        "int16" or "uint16" or "float16" or "bfloat16" => 2,
        "int64" or "uint64" or "float64" => 8,
        _ => 4,
    };

    /// <summary>Whether a step puts rows together.</summary>
    public static bool IsBatch(PipelineStep step) => step is Batch or PaddedBatch or BucketBySequenceLength;

    /// <summary>The batch step comes last, but for prefetch.</summary>
    private static IReadOnlyList<PipelineStep> WithBatch(IReadOnlyList<PipelineStep> pipeline, Batch batch)
    {
        var ahead = pipeline.Reverse().TakeWhile(step => step is Prefetch).Count();
        return [.. pipeline.SkipLast(ahead), batch, .. pipeline.TakeLast(ahead)];
    }

    private RowLayout? LayoutOf(IReadOnlyList<ColumnInfo> columns, DataSource source, DataSource origin)
    {
        if (!_parts.AreColumns(columns, source, origin))
            return null;
        try
        {
            var ordered = source with { Features = Ordered(source.Features, names.Inputs), Labels = Ordered(source.Labels, names.Outputs) };
            return RowLayout.Of(columns, ordered);
        }
        catch (SpecException broken)
        {
            context.Add(context.Field(origin, broken.Field), ViolationCodes.ShapeConflict, broken.Message);
            return null;
        }
    }

    /// <summary>Names in the model's order; those that the model does not have stay behind them, for whoever checks the model to name.</summary>
    private static ColumnChoice? Ordered(ColumnChoice? choice, IReadOnlyList<string>? order) => choice?.ByName is { } byName && order is not null
        ? new ColumnChoice([.. byName.OrderBy(entry => order.Contains(entry.Key) ? order.ToList().IndexOf(entry.Key) : int.MaxValue)]) : choice;

    private void CheckLeft(SourcePlan plan, RowFlow flow)
    {
        if (flow.Elements > 0)
            return;
        var why = flow.Gathered is > 0 and var left && left < flow.BatchSize ? $"{left} rows make no whole batch of {flow.BatchSize}, and drop_remainder leaves it out" : "skip and take leave none";
        context.Add(plan.Own ? context.Field(plan.Origin, "pipeline") : context.At(plan.Origin), ViolationCodes.NoRows, $"expected at least one batch of rows. Received: {why}.");
    }

    private void CheckNumbers(DataSource origin, RowLayout layout)
    {
        if (layout.Tensors.FirstOrDefault(tensor => tensor.IsText()) is not { } text)
            return;
        var field = text.Part == RowPart.Feature ? "features" : "labels";
        context.Add(
            context.Field(origin, field), ViolationCodes.ShapeConflict,
            $"expected numbers at the end of the pipeline. Received: {text.Name}, which holds the texts of {text.Columns}.",
            text.Part == RowPart.Feature
                ? $"give the pipeline a map: {{\"map\": {{\"layer\": {{\"class_name\": \"TextVectorization\", \"config\": {{\"max_tokens\": 10000, \"output_sequence_length\": 100}}}}, \"on\": \"{text.Name}\"}}}}"
                : $"give the pipeline a map: {{\"map\": {{\"layer\": {{\"class_name\": \"StringLookup\", \"config\": {{\"num_oov_indices\": 0}}}}, \"on\": \"{text.Name}\"}}}}");
    }
}

/// <summary>What is to be checked.</summary>
/// <param name="Source">The rows.</param>
/// <param name="Origin">Where they stand in the document.</param>
/// <param name="Pipeline">The steps, or those that the rows get for want of their own.</param>
/// <param name="BatchSize">Rows per batch where the steps do not say.</param>
/// <param name="Own">Whether the steps stand in the document at these rows.</param>
internal sealed record SourcePlan(DataSource Source, DataSource Origin, IReadOnlyList<PipelineStep> Pipeline, int BatchSize, bool Own)
{
    /// <summary>How many of the stored rows take part; null for all.</summary>
    public Func<long, long>? Subset { get; init; }

    /// <summary>Names of the layers that the training pipeline adapts; null where layers adapt here.</summary>
    public IReadOnlyCollection<string>? States { get; init; }
}
