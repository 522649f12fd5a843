using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>How rows of different lengths become a batch.</summary>
/// <param name="Shapes">By component; null takes the longest row's.</param>
/// <param name="Values">By component.</param>
/// <param name="LengthOf">Length that a batch is filled up to along the first axis of the bucketed component; null for none.</param>
/// <param name="Place">The bucketed component.</param>
internal sealed record BatchPadding(IReadOnlyList<IReadOnlyList<long?>?> Shapes, IReadOnlyList<double> Values, Func<long, long>? LengthOf = null, int Place = 0)
{
    /// <summary>The sizes that a component's rows are filled up to.</summary>
    /// <param name="place">The component.</param>
    /// <param name="row">A row of the batch.</param>
    public IReadOnlyList<long?>? ShapeOf(int place, long row) =>
        LengthOf is null || place != Place ? Shapes[place] : [LengthOf(row), .. Shapes[place]?.Skip(1) ?? []];
}

/// <summary>Makes batches: picks rows, applies the maps, puts the rows together. Each thread has its own.</summary>
/// <param name="rows">The source.</param>
/// <param name="before">Maps of rows.</param>
/// <param name="padding">How rows of different lengths are put together; null refuses them.</param>
/// <param name="after">Maps of batches.</param>
internal sealed class BatchMaker(RowSet rows, IReadOnlyList<MapStage> before, BatchPadding? padding, IReadOnlyList<MapStage> after) : IDisposable
{
    private readonly bool _draws = before.Concat(after).Any(stage => stage.Draws);

    /// <summary>Whether there is something to compute.</summary>
    public bool Maps => before.Count + after.Count > 0;

    /// <summary>The same for another thread.</summary>
    public BatchMaker Copy() => new(rows, [.. before.Select(stage => stage.Copy())], padding, [.. after.Select(stage => stage.Copy())]);

    /// <summary>A batch; the caller disposes of it.</summary>
    /// <param name="numbers">Its rows.</param>
    /// <param name="drawing">What maps draw is a matter of this number.</param>
    public Batch Make(long[] numbers, ulong drawing)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (_draws)
        {
            foreach (var stage in before.Concat(after))
                stage.DrawFor(drawing);
        }
        var tensors = new Tensor?[rows.Components.Count];
        for (var place = 0; place < tensors.Length; place++)
        {
            if (rows.Components[place].Role == ComponentRole.Other)
                continue;
            tensors[place] = Together(place, Value(place, numbers), numbers);
        }
        foreach (var stage in after)
            tensors[stage.Place] = stage.Apply(new TensorValue(tensors[stage.Place]!)).Numbers();
        rows.Trim?.Invoke();
        return Assemble(tensors);
    }

    /// <summary>A component of rows behind the maps of rows; the caller's dispose scope holds it.</summary>
    public HostValue Value(int place, ReadOnlySpan<long> numbers)
    {
        var value = rows.Components[place].Column.Gather(numbers);
        foreach (var stage in before)
        {
            if (stage.Place == place)
                value = stage.Apply(value);
        }
        return value;
    }

    /// <summary>The same behind all maps.</summary>
    public HostValue Mapped(int place, long[] numbers)
    {
        var value = Value(place, numbers);
        foreach (var stage in after.Where(stage => stage.Place == place))
            value = stage.Apply(value is TensorValue ? value : new TensorValue(Together(place, value, numbers)));
        return value;
    }

    private Tensor Together(int place, HostValue value, long[] numbers)
    {
        var name = rows.Components[place].Name;
        return padding is null || numbers.Length == 0
            ? HostBatches.Stack(value, name) : HostBatches.Pad(value, name, padding.ShapeOf(place, numbers[0]), padding.Values[place]);
    }

    private Batch Assemble(Tensor?[] tensors)
    {
        Tensor? features = null, labels = null, weights = null;
        List<Tensor> moreFeatures = [], moreLabels = [];
        var moreWeights = rows.FurtherWeights == 0 ? [] : new Tensor?[rows.FurtherWeights];
        for (var place = 0; place < tensors.Length; place++)
        {
            if (tensors[place]?.DetachFromDisposeScope() is not { } tensor)
                continue;
            var component = rows.Components[place];
            switch (component.Role)
            {
                case ComponentRole.Feature when features is null: features = tensor; break;
                case ComponentRole.Feature: moreFeatures.Add(tensor); break;
                case ComponentRole.Label when labels is null: labels = tensor; break;
                case ComponentRole.Label: moreLabels.Add(tensor); break;
                case ComponentRole.Weight when component.Place == 0: weights = tensor; break;
                default: moreWeights[component.Place - 1] = tensor; break;
            }
        }
        // Rows without labels are rows to predict; what the model makes of them is compared with nothing.
        labels ??= zeros([features!.shape[0], 0]).DetachFromDisposeScope();
        return new Batch(features!, labels, weights) { MoreFeatures = moreFeatures, MoreLabels = moreLabels, MoreSampleWeights = moreWeights };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var stage in before.Concat(after))
            stage.Dispose();
    }
}
