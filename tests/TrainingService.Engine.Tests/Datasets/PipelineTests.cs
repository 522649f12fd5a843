using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Engine.Tests.Datasets;

[Collection(TrainingCollection.Name)]
public class PipelineTests
{
    [Fact]
    public void Rows_and_labels_stay_together_through_every_step()
    {
        using var pipeline = Make(100, 7, new Map(new Rescaling(0.5)), new Shuffle(30), new Batch(8), new Prefetch(2));
        foreach (var (features, labels) in Batches(pipeline, 0))
            Assert.Equal(labels.Select(label => label * 0.5), features);
    }

    [Fact]
    public void Every_row_comes_once_and_the_last_batch_is_short()
    {
        using var pipeline = Make(20, 7, new Shuffle(20), new Batch(8));
        var batches = Batches(pipeline, 0);
        Assert.Equal([8, 8, 4], batches.Select(batch => batch.Labels.Length));
        Assert.Equal(Enumerable.Range(0, 20).Select(row => (double)row), batches.SelectMany(batch => batch.Labels).Order());
        Assert.Equal((20, 3), (pipeline.RowsPerEpoch, pipeline.BatchesPerEpoch));
    }

    [Fact]
    public void The_seed_and_the_epoch_decide_the_order()
    {
        using var first = Make(50, 7, new Shuffle(50), new Prefetch());
        using var same = Make(50, 7, new Shuffle(50));
        using var other = Make(50, 8, new Shuffle(50));
        Assert.Equal(Order(first, 3), Order(same, 3));
        Assert.NotEqual(Order(first, 3), Order(first, 4));
        Assert.NotEqual(Order(first, 3), Order(other, 3));
        using var once = Make(50, 7, new Shuffle(50, ReshuffleEachIteration: false));
        Assert.Equal(Order(once, 0), Order(once, 1));
        using var cached = Make(50, 7, new Shuffle(50), new Cache());
        Assert.Equal(Order(cached, 0), Order(cached, 1));
    }

    [Fact]
    public void A_small_shuffle_buffer_moves_rows_no_further_ahead_than_its_size()
    {
        using var pipeline = Make(200, 7, new Shuffle(10));
        var order = Order(pipeline, 0);
        Assert.NotEqual(order.Order(), order);
        Assert.All(order.Select((row, position) => row - position), ahead => Assert.True(ahead < 10));
    }

    [Fact]
    public void A_full_shuffle_is_uniform()
    {
        // 24 orders of 4 rows; 4,800 draws: each about 200 times, standard deviation 14.
        using var pipeline = Make(4, 7, new Shuffle(4));
        var counts = Enumerable.Range(0, 4_800).CountBy(epoch => string.Join(",", Order(pipeline, epoch))).ToList();
        Assert.Equal(24, counts.Count);
        Assert.All(counts, count => Assert.InRange(count.Value, 130, 270));
    }

    [Fact]
    public void Take_and_skip_count_rows_before_batch_and_batches_after_it()
    {
        using var rows = Make(100, 7, new Skip(10), new Take(5), new Batch(2));
        Assert.Equal([10, 11, 12, 13, 14], Order(rows, 0));
        using var batches = Make(10, 7, new Batch(4), new Skip(1), new Take(2));
        Assert.Equal([4, 5, 6, 7, 8, 9], Order(batches, 0));
        Assert.Equal((6, 2), (batches.RowsPerEpoch, batches.BatchesPerEpoch));
        using var whole = Make(10, 7, new Batch(4, DropRemainder: true));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Order(whole, 0));
        Assert.Equal((8, 2), (whole.RowsPerEpoch, whole.BatchesPerEpoch));
    }

    [Fact]
    public void Cached_maps_give_the_same_values_as_maps_of_every_batch()
    {
        using var cached = Make(10_000, 7, new Map(new Rescaling(0.1, 1)), new Map(new Reshape([1, 1])), new Cache(), new Batch(1_000));
        using var mapped = Make(10_000, 7, new Map(new Rescaling(0.1, 1)), new Map(new Reshape([1, 1])), new Batch(1_000));
        Assert.Equal(new Shape(null, 1, 1), cached.FeatureShape);
        Assert.Equal(Batches(mapped, 0).SelectMany(batch => batch.Features), Batches(cached, 0).SelectMany(batch => batch.Features));
    }

    [Fact]
    public void Pipelines_that_yield_nothing_or_batch_twice_are_refused()
    {
        Assert.Throws<DatasetException>(() => Make(10, 7, new Skip(10)));
        Assert.Throws<SpecException>(() => Make(10, 7, new Batch(2), new Batch(2)));
    }

    [Fact]
    public void An_epoch_that_is_left_early_leaves_no_tensor_behind()
    {
        using var pipeline = Make(1_000, 7, new Batch(2), new Prefetch(4));
        var before = LiveTensors.Settled();
        foreach (var batch in pipeline.Epoch(0))
        {
            batch.Dispose();
            break;
        }
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    private static Pipeline Make(int rows, long seed, params IReadOnlyList<PipelineStep> steps)
    {
        var features = torch.arange(rows, dtype: torch.float32).DetachFromDisposeScope();
        return new Pipeline(new Rows(features.view(rows, 1), torch.arange(rows, dtype: torch.int64).DetachFromDisposeScope()), steps, 4, new RandomStreams(seed), "train");
    }

    private static double[] Order(Pipeline pipeline, int epoch) => [.. Batches(pipeline, epoch).SelectMany(batch => batch.Labels)];

    private static List<(double[] Features, double[] Labels)> Batches(Pipeline pipeline, int epoch)
    {
        List<(double[], double[])> batches = [];
        foreach (var batch in pipeline.Epoch(epoch))
        {
            using (batch)
                batches.Add((TrainingService.Conformance.Tensors.Values(batch.Features), TrainingService.Conformance.Tensors.Values(batch.Labels)));
        }
        return batches;
    }
}
