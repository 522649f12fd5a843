using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Benchmarks;

/// <summary>The service's own loop, as a job runs it: pipeline with prefetch, Adam, loss and accuracy, progress and callbacks possible.</summary>
internal sealed class FitLoop : IDisposable
{
    private readonly Pipeline _data;
    private readonly Model _model;
    private readonly Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly Mirror? _mirror;

    /// <param name="rows">Taken over.</param>
    /// <param name="steps">The pipeline up to its batches.</param>
    /// <param name="batchSize">Rows per batch.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="replicas">Copies that share the batches.</param>
    /// <param name="threads">Threads that the copies share.</param>
    public FitLoop(Rows rows, IReadOnlyList<PipelineStep> steps, int batchSize, ModelSpec model, int replicas = 1, int threads = 1)
    {
        var random = new RandomStreams(42);
        _data = new Pipeline(rows, [.. steps, new Batch(batchSize), new Prefetch()], batchSize, random, "train");
        _model = new Model(model, _data.FeatureShape, random, torch.CPU);
        _mirror = replicas > 1 ? new Mirror(_model, random, [.. Enumerable.Repeat(torch.CPU, replicas)], threads) : null;
        _optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), _model.Parameters);
        _trainer = new Trainer(
            _model, _optimizer, LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()),
            [MetricTable.Build(new Contracts.Metrics.AccuracyByShape(), _data.LabelShape, _model.OutputShape)]) { Mirror = _mirror };
    }

    public void Round() => _trainer.Fit(_data, new FitOptions());

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _mirror?.Dispose();
        _model.Dispose();
        _data.Dispose();
    }
}
