using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

[Collection(TrainingCollection.Name)]
public class TrainingRunTests
{
    [Fact]
    public void The_tutorials_network_learns_digits()
    {
        using var output = new OutputFolder();
        var observer = new RecordingObserver();
        var spec = Jobs.Job(Jobs.Cnn(), epochs: 2, trainRows: 12_000, testRows: 10_000, callbacks: new ModelCheckpoint(SaveBestOnly: true));

        var result = new TrainingRun(Jobs.Plan(spec, output.Path), observer).Execute(TestContext.Current.CancellationToken);

        Assert.Equal(new TrainerResult(StopReason.Completed), result);
        Assert.Equal([JobPhase.Preparing, JobPhase.Training, JobPhase.Evaluating, JobPhase.Exporting], observer.Phases);
        Assert.Equal(225_034, Assert.Single(observer.Of<ModelEvent>()).TotalParams);
        Assert.Equal([1, 2], observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        var evaluation = Assert.Single(observer.Of<EvaluationEvent>());
        Assert.Equal(10_000, evaluation.Rows);
        Assert.InRange(evaluation.Logs["accuracy"]!.Value, 0.95, 1);
        Assert.Equal(observer.Of<EpochEndEvent>().Last().Logs["val_accuracy"], evaluation.Logs["accuracy"]);
        Assert.Equal(
            ["best.weights.safetensors", "config.json", "history.csv", "model.safetensors"], observer.Of<TrainerFile>().Select(file => file.Name).Order());
    }
}
