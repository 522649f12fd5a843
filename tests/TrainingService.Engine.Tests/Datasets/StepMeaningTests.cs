using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Tests.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Engine.Tests.Datasets;

/// <summary>Every step has tf.data's meaning where it stands.</summary>
[Collection(TrainingCollection.Name)]
public class StepMeaningTests
{
    [Fact]
    public void A_shuffle_behind_batch_moves_whole_batches()
    {
        using var pipeline = RowPipelines.Make(40, new Batch(4), new Shuffle(10));
        var batches = RowPipelines.Labels(pipeline, 0);
        Assert.All(batches, batch => Assert.Equal([batch[0], batch[0] + 1, batch[0] + 2, batch[0] + 3], batch));
        Assert.Equal(Enumerable.Range(0, 10).Select(first => first * 4.0), batches.Select(batch => batch[0]).Order());
        Assert.NotEqual(batches.Select(batch => batch[0]), batches.Select(batch => batch[0]).Order());
    }

    [Fact]
    public void Take_behind_shuffle_takes_other_rows_in_each_epoch()
    {
        using var pipeline = RowPipelines.Make(1_000, new Shuffle(1_000), new Take(20), new Batch(20));
        Assert.Equal((20, 1), (pipeline.RowsPerEpoch, pipeline.BatchesPerEpoch));
        Assert.NotEqual(RowPipelines.Order(pipeline, 0).Order(), RowPipelines.Order(pipeline, 1).Order());
    }

    [Fact]
    public void Repeat_in_front_of_batch_mixes_rounds_at_the_seam_and_behind_it_keeps_short_batches()
    {
        using var before = RowPipelines.Make(5, new Repeat(2), new Batch(4));
        Assert.Equal([[0, 1, 2, 3], [4, 0, 1, 2], [3, 4]], RowPipelines.Labels(before, 0));
        using var behind = RowPipelines.Make(5, new Batch(4), new Repeat(2));
        Assert.Equal([[0, 1, 2, 3], [4], [0, 1, 2, 3], [4]], RowPipelines.Labels(behind, 0));
        Assert.Equal((10, 4), (behind.RowsPerEpoch, behind.BatchesPerEpoch));
    }

    [Fact]
    public void Each_round_of_a_repeat_is_shuffled_anew()
    {
        using var pipeline = RowPipelines.Make(50, new Shuffle(50), new Repeat(2), new Batch(50));
        var epochs = Enumerable.Range(0, 2).SelectMany(epoch => RowPipelines.Labels(pipeline, epoch)).Select(batch => string.Join(",", batch)).ToList();
        Assert.Equal(4, epochs.Distinct().Count());
        using var once = RowPipelines.Make(50, new Shuffle(50, ReshuffleEachIteration: false), new Repeat(2), new Batch(50));
        Assert.Single(RowPipelines.Labels(once, 0).Select(batch => string.Join(",", batch)).Distinct());
    }

    [Fact]
    public void A_repeat_without_end_goes_on_over_epochs_and_can_be_entered_anywhere()
    {
        using var pipeline = RowPipelines.Make(10, 3, new Shuffle(4), new Repeat(), new Batch(4));
        var epochs = Enumerable.Range(0, 5).Select(epoch => RowPipelines.Labels(pipeline, epoch)).ToList();
        Assert.All(epochs, epoch => Assert.Equal(3, epoch.Count));
        var stream = epochs.SelectMany(epoch => epoch).SelectMany(batch => batch).ToList();
        for (var round = 0; round < 6; round++)
            Assert.Equal(Enumerable.Range(0, 10).Select(row => (double)row), stream.Skip(round * 10).Take(10).Order());
        using var again = RowPipelines.Make(10, 3, new Shuffle(4), new Repeat(), new Batch(4));
        Assert.Equal(epochs[3].Skip(2), RowPipelines.Labels(again, 3, from: 2));
        Assert.Equal(epochs[1], RowPipelines.Labels(again, 1));
        using var endless = RowPipelines.Make(10, new Repeat());
        Assert.Contains("steps_per_epoch", Assert.Throws<DatasetException>(() => RowPipelines.Labels(endless, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_is_every_so_manieth_element()
    {
        using var rows = RowPipelines.Make(10, new Shard(3, 1), new Batch(2));
        Assert.Equal([[1, 4], [7]], RowPipelines.Labels(rows, 0));
        using var batches = RowPipelines.Make(10, new Batch(2), new Shard(2, 0));
        Assert.Equal([[0, 1], [4, 5], [8, 9]], RowPipelines.Labels(batches, 0));
        Assert.Equal((6, 3), (batches.RowsPerEpoch, batches.BatchesPerEpoch));
    }

    [Fact]
    public void A_filter_keeps_rows_by_the_values_behind_the_maps_in_front_of_it()
    {
        using var pipeline = RowPipelines.Make(20, new Map(new Rescaling(0.5)), new Filter("mod(features, 3) == 0"), new Take(3), new Batch(2));
        Assert.Equal([[0, 6], [12]], RowPipelines.Labels(pipeline, 0));
        Assert.Equal((3, 2), (pipeline.RowsPerEpoch, pipeline.BatchesPerEpoch));
        using var labels = RowPipelines.Make(20, new Shuffle(20), new Filter("labels < 5 and labels != 2"), new Batch(20));
        Assert.Equal([0, 1, 3, 4], RowPipelines.Order(labels, 0).Order());
        Assert.Throws<DatasetException>(() => RowPipelines.Make(20, new Filter("labels > 100")));
    }

    [Fact]
    public void Functions_of_maps_compute_what_tf_does()
    {
        using var hot = RowPipelines.Make(4, new Map(new OneHotMap(3), "labels"), new Batch(4));
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], RowPipelines.Labels(hot, 0)[0]);
        Assert.Equal(new Shape(null, 3), hot.LabelShape);
        using var cast = RowPipelines.Make(4, new Map(new Rescaling(0.6)), new Map(new CastMap("int32")), new Batch(4));
        Assert.Equal([0, 0, 1, 1], RowPipelines.Features(cast, 0));
        using var expression = RowPipelines.Make(3, new Batch(3), new Map(new ExpressionMap("x * x + 1")));
        Assert.Equal([1, 2, 5], RowPipelines.Features(expression, 0));
    }

    [Fact]
    public void A_cache_keeps_the_first_order_and_what_was_drawn_in_memory_and_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory();
        foreach (var file in new[] { null, "kept" })
        {
            using var pipeline = RowPipelines.Make(
                RowPipelines.Of(30), new PipelineContext { ScratchDirectory = folder.FullName }, new Map(new GaussianNoise(1, Seed: 1)), new Shuffle(30), new Cache(file), new Batch(7));
            var (order, values) = (RowPipelines.Order(pipeline, 0), RowPipelines.Features(pipeline, 0));
            Assert.NotEqual(order.Order(), order);
            Assert.Equal(order, RowPipelines.Order(pipeline, 1));
            Assert.Equal(values, RowPipelines.Features(pipeline, 1));
            Assert.Equal(30, values.Distinct().Count());
        }
        Assert.NotEmpty(folder.GetFiles());
        folder.Delete(recursive: true);
        using var batches = RowPipelines.Make(10, new Shuffle(10), new Batch(4), new Cache(), new Shuffle(3));
        Assert.Equal(
            RowPipelines.Labels(batches, 0).Select(batch => string.Join(",", batch)).Order(), RowPipelines.Labels(batches, 1).Select(batch => string.Join(",", batch)).Order());
    }

    [Fact]
    public void Rows_of_different_lengths_are_filled_up()
    {
        using var pipeline = RowPipelines.Make(Lengths(1, 3, 2, 5), new PipelineContext(), new PaddedBatch(2, PaddingValues: new Dictionary<string, double> { ["x"] = -1 }));
        Assert.Equal([0, -1, -1, 1, 1, 1], RowPipelines.FirstFeatures(pipeline));
        Assert.Equal([[2, 3], [2, 5]], RowPipelines.Shapes(pipeline));
        using var wide = RowPipelines.Make(Lengths(1, 3), new PipelineContext(), new PaddedBatch(2, new Dictionary<string, Shape> { ["features"] = new Shape(4) }));
        Assert.Equal(new Shape(null, 4), wide.FeatureShape);
        Assert.Equal([[2, 4]], RowPipelines.Shapes(wide));
        using var narrow = RowPipelines.Make(Lengths(1, 3), new PipelineContext(), new PaddedBatch(2, new Dictionary<string, Shape> { ["features"] = new Shape(2) }));
        Assert.Contains("at most 2", Assert.Throws<DatasetException>(() => RowPipelines.Shapes(narrow)).Message, StringComparison.Ordinal);
        using var plain = RowPipelines.Make(Lengths(1, 3), new PipelineContext(), new Batch(2));
        Assert.Contains("padded_batch", Assert.Throws<DatasetException>(() => RowPipelines.Shapes(plain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Buckets_hold_rows_of_about_one_length_and_the_rest_comes_by_bucket()
    {
        // Keras's documentation of bucket_by_sequence_length: a length at an end belongs to the next bucket.
        using var pipeline = RowPipelines.Make(Lengths(1, 5, 2, 6, 3, 4, 7, 1), new PipelineContext(), new BucketBySequenceLength([3, 5], [2, 2, 2]));
        Assert.Equal([[0, 2], [1, 3], [4, 5], [7], [6]], RowPipelines.Labels(pipeline, 0));
        Assert.Equal([[2, 2], [2, 6], [2, 4], [1, 1], [1, 7]], RowPipelines.Shapes(pipeline));
        Assert.Equal((8, 5), (pipeline.RowsPerEpoch, pipeline.BatchesPerEpoch));
        using var bound = RowPipelines.Make(Lengths(1, 3, 2, 4), new PipelineContext(), new BucketBySequenceLength([3, 6], [2, 2, 2], PadToBucketBoundary: true));
        Assert.Equal([[2, 2], [2, 5]], RowPipelines.Shapes(bound));
        Assert.Throws<DatasetException>(() => RowPipelines.Make(Lengths(1, 9), new PipelineContext(), new BucketBySequenceLength([3, 6], [2, 2, 2], PadToBucketBoundary: true)));
    }

    [Fact]
    public void Interleaved_parts_come_as_in_the_documentation_of_tf_data()
    {
        // Dataset.range(1, 6).interleave(lambda x: from_tensors(x).repeat(6), cycle_length=2, block_length=4)
        var order = RowInterleave.Of([6, 6, 6, 6, 6], 2, 4).Select(row => row / 6 + 1);
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5], order);
        Assert.Equal([0, 1, 3, 2], RowInterleave.Of([3, 0, 1], 2, 1));
    }

    private static RowSet Lengths(params int[] lengths) => new(
    [
        new Component("x", ComponentRole.Feature, new RaggedColumn([.. lengths.Select((length, row) => torch.full(length, row, dtype: torch.float32).DetachFromDisposeScope())])),
        new Component("y", ComponentRole.Label, new TensorColumn(torch.arange(lengths.Length, dtype: torch.int64).DetachFromDisposeScope())),
    ]);
}
