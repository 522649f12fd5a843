using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Training;

/// <summary>What comes after the last batch happens inside the limit too.</summary>
[Collection(TrainingCollection.Name)]
public sealed class RunLimitsTests
{
    [Theory]
    [InlineData(60, 1, 1, true), InlineData(60, 1, 1, false), InlineData(100, 0.5, 4, true), InlineData(20, 3, 0.5, true), InlineData(45, 1, 7, false)]
    public void Training_stops_early_enough_for_its_evaluation_and_not_much_earlier(int limit, double batch, double evaluated, bool validates)
    {
        var time = new WorkedTime();
        var random = new RandomStreams(1);
        using var train = new Pipeline(Fitted.Squares(160), [], 16, random, "train");
        using var validation = new Pipeline(Fitted.Squares(48), [], 16, random, "validation"); // three batches
        using var model = new Model(Fitted.Mlp(), train.FeatureShape, random, CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Sgd(), model.Parameters);
        using var trainer = new Trainer(model, optimizer, LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()), []);
        using var work = new Work(time, TimeSpan.FromSeconds(batch), TimeSpan.FromSeconds(evaluated));
        var limits = new RunLimits(time, TimeSpan.FromSeconds(limit), CancellationToken.None);
        var reason = trainer.Fit(train, new FitOptions { Epochs = 1_000, Validation = validates ? validation : null, Callbacks = [work], Limits = limits, FinalRows = validation.RowsPerEpoch });
        Assert.Equal(StopReason.MaxRuntime, reason);
        var left = limit - time.Elapsed.TotalSeconds;
        var needed = 3 * evaluated;
        // Without a validation a row is taken to cost what it costs in training, which here may be less.
        Assert.True(left >= needed || (!validates && evaluated > batch), $"{left} s are left, {needed} s are needed");
        Assert.True(left <= 2 * 1.25 * Math.Max(needed, 3 * batch) + 2 * batch + 1, $"{left} s are left, {needed} s are needed");
    }

    [Fact]
    public void A_run_without_any_time_left_makes_no_step()
    {
        var limits = new RunLimits(new WorkedTime(), TimeSpan.FromSeconds(-3), CancellationToken.None);
        using var model = new Model(Fitted.Mlp(), new Contracts.Shapes.Shape(null, 8, 8, 1), new RandomStreams(1), CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Sgd(), model.Parameters);
        var fit = new FitContext { Model = model, Optimizer = optimizer, Metrics = new Dictionary<string, Contracts.Metrics.Direction?>(), Files = new Callbacks.RunFiles() };
        limits.Check(fit);
        Assert.Equal(StopReason.MaxRuntime, fit.StopReason);
    }

    /// <summary>Batches that take time.</summary>
    private sealed class Work(WorkedTime time, TimeSpan batch, TimeSpan evaluated) : Callback
    {
        public override void OnTrainBatchEnd(long number, RunningMeans means) => time.Elapsed += batch;

        public override void OnTestBatchEnd(long number, RunningMeans means) => time.Elapsed += evaluated;
    }

    private sealed class WorkedTime : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
