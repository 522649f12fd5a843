using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Random;
using static TrainingService.Conformance.Tensors;

namespace TrainingService.Engine.Tests.Datasets;

/// <summary>Pipelines over rows whose feature and label are their numbers, and what comes out of them.</summary>
internal static class RowPipelines
{
    public static RowSet Of(int rows) => RowSet.Of(new Rows(
        torch.arange(rows, dtype: torch.float32).view(rows, 1).DetachFromDisposeScope(), torch.arange(rows, dtype: torch.int64).DetachFromDisposeScope()));

    public static Pipeline Make(int rows, params IReadOnlyList<PipelineStep> steps) => Make(Of(rows), new PipelineContext(), steps);

    public static Pipeline Make(int rows, int stepsPerEpoch, params IReadOnlyList<PipelineStep> steps) =>
        new(Of(rows), steps, 4, new RandomStreams(7), "train", new PipelineContext()) { StepsPerEpoch = stepsPerEpoch };

    public static Pipeline Make(RowSet rows, PipelineContext context, params IReadOnlyList<PipelineStep> steps) => new(rows, steps, 4, new RandomStreams(7), "train", context);

    public static double[] Order(Pipeline pipeline, int epoch) => [.. Labels(pipeline, epoch).SelectMany(batch => batch)];

    public static List<double[]> Labels(Pipeline pipeline, int epoch, long from = 0) => Each(pipeline, epoch, from, batch => Values(batch.Labels));

    public static double[] Features(Pipeline pipeline, int epoch) => [.. Each(pipeline, epoch, 0, batch => Values(batch.Features)).SelectMany(batch => batch)];

    public static double[] FirstFeatures(Pipeline pipeline) => Each(pipeline, 0, 0, batch => Values(batch.Features))[0];

    public static List<long[]> Shapes(Pipeline pipeline) => Each(pipeline, 0, 0, batch => batch.Features.shape);

    private static List<T> Each<T>(Pipeline pipeline, int epoch, long from, Func<Engine.Datasets.Batch, T> read)
    {
        List<T> all = [];
        foreach (var batch in pipeline.Epoch(epoch, from))
        {
            using (batch)
                all.Add(read(batch));
        }
        return all;
    }
}
