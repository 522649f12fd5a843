using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Expressions;

[Collection(TrainingCollection.Name)]
public class ExpressionTrainingTests
{
    private const string CrossEntropy = "-log(clip(sum(one_hot(y_true, classes=10) * y_pred, axis=-1), epsilon, 1 - epsilon))";

    [Fact]
    public void A_job_that_is_written_down_learns_what_the_named_one_learns()
    {
        var named = Figures(Jobs.Small(), new SparseCategoricalCrossentropy(), new SparseCategoricalAccuracy { Name = "score" });
        var written = Figures(Written(), new ExpressionLoss(CrossEntropy), new ExpressionMetric("argmax(y_pred) == y_true", Direction.Up) { Name = "score" });
        Assert.InRange(named["score"]!.Value, 0.3, 1);
        Assert.Equal(named["loss"]!.Value, written["loss"]!.Value, 1e-4);
        Assert.Equal(named["score"]!.Value, written["score"]!.Value, 1e-6);
        Assert.Equal(named["val_loss"]!.Value, written["val_loss"]!.Value, 1e-4);
    }

    /// <summary>The small network with its first activation as an expression.</summary>
    private static Sequential Written() => new(
        [new Flatten(), new Dense(16), new ExpressionLayer("maximum(x, 0)"), new Dropout(0.2) { Name = "dropout" }, new Dense(10, Activation.Softmax)]);

    private static IReadOnlyDictionary<string, double?> Figures(Sequential model, LossSpec loss, MetricSpec metric)
    {
        using var output = new OutputFolder();
        var job = Jobs.Job(model, epochs: 2, trainRows: 2_000, testRows: 1_000);
        var observer = new RecordingObserver();
        var result = new TrainingRun(Jobs.Plan(job with { Compile = new CompileSpec(loss, Metrics: [metric]) }, output.Path), observer).Execute(TestContext.Current.CancellationToken);
        Assert.Equal(new TrainerResult(StopReason.Completed), result);
        return observer.Of<EpochEndEvent>().Last().Logs;
    }
}
