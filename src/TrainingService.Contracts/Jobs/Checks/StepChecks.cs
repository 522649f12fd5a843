using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>
/// Goes through the steps of a pipeline in their order, as tf.data means them, and follows shapes and counts. Refused is only what cannot be
/// computed or has surely another meaning than its author's.
/// </summary>
/// <param name="context">Takes the violations.</param>
/// <param name="origin">The rows in the document, where violations of steps go that do not stand there themselves.</param>
/// <param name="own">Whether the steps stand in the document.</param>
/// <param name="states">Names of the layers that the training pipeline adapts; null where layers adapt here.</param>
internal sealed class StepChecks(ReadContext context, DataSource origin, bool own, IReadOnlyCollection<string>? states)
{
    private readonly HashSet<string> _adapted = new(StringComparer.Ordinal);

    /// <returns>False after a violation that leaves the rest without meaning.</returns>
    public bool Apply(PipelineStep step, RowFlow flow)
    {
        switch (step)
        {
            case Map map: return ApplyMap(map, flow);
            case Filter filter: return ApplyFilter(filter, flow);
            case Take take: flow.Take(take.Count); return true;
            case Skip skip: flow.Skip(skip.Count); return true;
            case Repeat repeat: flow.Repeat(repeat.Count); return true;
            case Shard shard: return ApplyShard(shard, flow);
            case Cache cache: return ApplyCache(cache, flow);
            case Resample resample: return ApplyResample(resample, flow);
            case RejectionResample rejection: return ApplyRejection(rejection, flow);
            case Batch batch: return IsFirstBatch(step, flow) && AreAlike(batch, flow) && Done(() => flow.Batch(batch.BatchSize, batch.DropRemainder));
            case PaddedBatch padded: return IsFirstBatch(step, flow) && new PaddingChecks(this).Pad(padded, padded.PaddedShapes, padded.PaddingValues, flow) && Done(() => flow.Batch(padded.BatchSize, padded.DropRemainder));
            case BucketBySequenceLength buckets: return IsFirstBatch(step, flow) && new PaddingChecks(this).Bucket(buckets, flow) && Done(() => flow.Batch(buckets.BucketBatchSizes.Max(), dropRemainder: false));
            default: return true;
        }
    }

    /// <summary>Adds a violation at a field of a step, or where its rows stand.</summary>
    /// <returns>False.</returns>
    public bool Refuse(PipelineStep step, string? field, string code, string message, string? hint = null)
    {
        context.Add(own && context.Knows(step) ? context.Field(step, field) : context.At(origin), code, $"{PipelineSteps.Name(step)}: {message}", hint);
        return false;
    }

    /// <summary>The tensor that a step names.</summary>
    public RowTensor? Target(PipelineStep step, string? on, RowFlow flow)
    {
        if (flow.Layout.Find(on) is { } tensor)
            return tensor;
        var names = flow.Layout.Names().ToList();
        if (on is null)
            Refuse(step, "on", ViolationCodes.Required, $"expected \"on\" with one of {Received.Words(names)}, since there are several features. Received: nothing.");
        else
            Refuse(step, "on", ViolationCodes.UnknownValue, $"expected one of {Received.Words(names)}. Received: \"{on}\"{(Stacked(on, flow) is { } vector ? $", which is only a part of {vector}" : "")}.", NearMiss.Hint(on, names));
        return null;
    }

    private static string? Stacked(string column, RowFlow flow) => flow.Layout.Tensors.FirstOrDefault(tensor => tensor.Columns.Contains(column))?.Name;

    private static bool Done(Action action)
    {
        action();
        return true;
    }

    private bool ApplyMap(Map map, RowFlow flow)
    {
        if (own && map.Layer is { } layer && MapRules.Refusal(layer) is { } reason)
        {
            context.Add(context.At(layer), ViolationCodes.UnsupportedValue, reason);
            return false;
        }
        if (own && map.Layer is { } learning && MapRules.Adapts(learning) && !IsAdapted(learning))
            return false;
        if (Target(map, map.On, flow) is not { } tensor)
            return false;
        try
        {
            flow.Replace(tensor, MapRules.Apply(map.Function, tensor));
            return true;
        }
        catch (SpecException broken)
        {
            object part = map.Layer is { } owner ? owner : map.Function;
            context.Add(own && context.Knows(part) ? context.Field(part, broken.Field) : context.At(origin), ViolationCodes.ShapeConflict, $"{map.Function.Name}: {broken.Message}");
            return false;
        }
    }

    /// <summary>A layer that adapts has a state of its own in the training pipeline; elsewhere it names the one that it takes.</summary>
    private bool IsAdapted(LayerSpec layer)
    {
        var name = KerasKind.ClassName(layer.GetType());
        if (states is null)
        {
            if (layer.Name is null || _adapted.Add(layer.Name))
                return true;
            context.Add(context.Field(layer, "name"), ViolationCodes.DuplicateName, $"expected a name that no other layer of the pipeline has. Received: \"{layer.Name}\" again.");
            return false;
        }
        if (layer.Name is { } wanted && states.Contains(wanted))
            return true;
        context.Add(
            layer.Name is null ? context.At(layer) : context.Field(layer, "name"), ViolationCodes.UnsupportedValue,
            $"{name} is adapted to the training rows alone. Expected the name of the layer in data.train's pipeline whose state it takes{(states.Count == 0 ? "" : $", one of {Received.Words(states)}")}, "
            + $"or no pipeline here, which inherits it. Received: {(layer.Name is null ? "no name" : $"\"{layer.Name}\"")}.");
        return false;
    }

    private bool ApplyFilter(Filter filter, RowFlow flow)
    {
        if (flow.IsBatched)
            return Refuse(filter, null, ViolationCodes.PipelineOrder, "expected in front of batch; behind it whole batches would be kept or left out.");
        try
        {
            RowExpression.CheckCondition(filter.Expression, flow.Values());
        }
        catch (SpecException broken)
        {
            return Refuse(filter, "expression", ViolationCodes.InvalidFormat, broken.Message);
        }
        flow.Choose(flow.Elements);
        return true;
    }

    private bool ApplyShard(Shard shard, RowFlow flow)
    {
        if (shard.Index >= shard.NumShards)
            return Refuse(shard, "index", ViolationCodes.OutOfRange, $"expected 0 to {shard.NumShards - 1}, as num_shards says. Received: {shard.Index}.");
        flow.Shard(shard.NumShards, shard.Index);
        return true;
    }

    private bool ApplyCache(Cache cache, RowFlow flow)
    {
        if (flow.Elements == RowFlow.Endless)
            return Refuse(cache, null, ViolationCodes.PipelineOrder, "expected in front of a repeat without count; behind it the cache would never be full.");
        // What no map changed lies in its files.
        if (cache.Filename is null && flow.IsMapped)
            flow.Cache();
        return true;
    }

    private bool ApplyResample(Resample resample, RowFlow flow)
    {
        if (!AreClasses(resample, flow, out var classes))
            return false;
        flow.Choose(resample.Strategy == ResampleStrategy.Oversample && flow.Elements != RowFlow.Endless ? (long)Int128.Min((Int128)flow.Elements * (classes ?? 1), RowFlow.Endless - 1) : flow.Elements);
        return true;
    }

    private bool ApplyRejection(RejectionResample rejection, RowFlow flow)
    {
        if (!AreClasses(rejection, flow, out var classes))
            return false;
        foreach (var (field, parts) in new[] { ("target_dist", rejection.TargetDist), ("initial_dist", rejection.InitialDist) })
        {
            if (parts is null)
                continue;
            if (parts.Count != (classes ?? parts.Count))
                return Refuse(rejection, field, ViolationCodes.ShapeConflict, $"expected a part for each of the {classes} classes. Received: {parts.Count}.");
            if (!(parts.Sum() > 0))
                return Refuse(rejection, field, ViolationCodes.OutOfRange, "expected at least one part above 0. Received: none.");
        }
        if (rejection.InitialDist is { } initial && (initial.Count != rejection.TargetDist.Count || initial.Zip(rejection.TargetDist).Any(pair => pair.First == 0 && pair.Second > 0)))
            return Refuse(rejection, "initial_dist", ViolationCodes.Conflict, "expected a part above 0 for every class that target_dist wants. Received: none for one of them.");
        flow.Choose(flow.Elements);
        return true;
    }

    private bool AreClasses(PipelineStep step, RowFlow flow, out int? classes)
    {
        classes = null;
        if (flow.IsBatched)
            return Refuse(step, null, ViolationCodes.PipelineOrder, "expected in front of batch, where rows can be chosen.");
        if (flow.Elements == RowFlow.Endless)
            return Refuse(step, null, ViolationCodes.PipelineOrder, "expected in front of a repeat without count, where rows can be counted.");
        if (flow.Layout.Labels.ToList() is not [{ } label] || label.IsText() || label.Shape.ElementsPerSample != 1 || label.Dtype.StartsWith("float", StringComparison.Ordinal))
            return Refuse(step, null, ViolationCodes.ShapeConflict, $"expected labels that are the number of a class. Received: {string.Join(", ", flow.Layout.Labels.Select(tensor => $"{tensor.Name} {tensor.Dtype} {tensor.Shape}"))}.");
        classes = label.Classes;
        return true;
    }

    private bool IsFirstBatch(PipelineStep step, RowFlow flow) =>
        !flow.IsBatched || Refuse(step, null, ViolationCodes.PipelineOrder, "expected at most once, since a second one would make batches of batches.");

    private bool AreAlike(Batch batch, RowFlow flow)
    {
        if (flow.Layout.Tensors.FirstOrDefault(tensor => !tensor.IsText() && tensor.Varies()) is not { } other)
            return true;
        var remedy = other.Shape.Rank == 4 ? "a Resizing in front of it" : "padded_batch, bucket_by_sequence_length, or a TextVectorization with output_sequence_length";
        return Refuse(batch, null, ViolationCodes.ShapeConflict, $"expected rows of one shape. Received: {other.Name} {other.Shape}, whose rows differ.", $"try {remedy}");
    }
}
