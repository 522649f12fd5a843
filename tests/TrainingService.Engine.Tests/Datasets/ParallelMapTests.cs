using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Tests.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Engine.Tests.Datasets;

/// <summary>Threads that prepare batches change nothing but the time.</summary>
[Collection(TrainingCollection.Name)]
public class ParallelMapTests
{
    [Theory, InlineData(2, null), InlineData(4, 3), InlineData(null, 2), InlineData(null, null)]
    public void Maps_of_several_threads_give_the_same_batches_in_the_same_order(int? calls, int? ahead)
    {
        PipelineStep[] Steps(int? calls, params PipelineStep[] last) =>
            [new Shuffle(50), new Map(new LayerMap(new GaussianNoise(1)), null, calls), new Map(new LayerMap(new RandomBrightness(new Factor(-0.2, 0.2))), null, calls), new Batch(3), .. last];
        using var one = RowPipelines.Make(Images(200), new PipelineContext(), Steps(1));
        using var several = RowPipelines.Make(Images(200), new PipelineContext(), Steps(calls, new Prefetch(ahead)));
        for (var epoch = 0; epoch < 2; epoch++)
        {
            Assert.Equal(RowPipelines.Order(one, epoch), RowPipelines.Order(several, epoch));
            Assert.Equal(RowPipelines.Features(one, epoch), RowPipelines.Features(several, epoch));
        }
        Assert.Equal(RowPipelines.Labels(one, 1).Skip(40), RowPipelines.Labels(several, 1, from: 40));
    }

    [Fact]
    public void A_batch_that_cannot_be_made_fails_where_it_is_taken()
    {
        var rows = new RowSet(
        [
            new Component("x", ComponentRole.Feature, new RaggedColumn([.. Enumerable.Range(0, 40).Select(row => torch.zeros(row < 30 ? 2 : row).DetachFromDisposeScope())])),
            new Component("y", ComponentRole.Label, new TensorColumn(torch.arange(40).DetachFromDisposeScope())),
        ]);
        using var pipeline = RowPipelines.Make(rows, new PipelineContext(), new Map(new LayerMap(new Rescaling(2)), null, 3), new Batch(5), new Prefetch(4));
        var before = LiveTensors();
        var taken = 0;
        Assert.Throws<DatasetException>(() =>
        {
            foreach (var batch in pipeline.Epoch(0))
            {
                batch.Dispose();
                taken++;
            }
        });
        Assert.Equal(6, taken);
        Assert.True(torch.Tensor.TotalCount <= before);
    }

    [Fact]
    public void An_epoch_that_is_left_early_leaves_neither_threads_nor_tensors()
    {
        using var pipeline = RowPipelines.Make(Images(200), new PipelineContext(), new Map(new LayerMap(new GaussianNoise(1)), null, 3), new Batch(3), new Prefetch(6));
        RowPipelines.Labels(pipeline, 0);
        var before = LiveTensors();
        for (var i = 0; i < 5; i++)
        {
            foreach (var batch in pipeline.Epoch(i))
            {
                batch.Dispose();
                break;
            }
        }
        Assert.True(torch.Tensor.TotalCount <= before);
    }

    /// <summary>Those that other tests have left to the collector are gone first.</summary>
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    private static RowSet Images(int rows)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3, torch.CPU);
        return RowSet.Of(new Rows(torch.rand([rows, 6, 6, 1], generator: generator).DetachFromDisposeScope(), torch.arange(rows).DetachFromDisposeScope()));
    }
}
