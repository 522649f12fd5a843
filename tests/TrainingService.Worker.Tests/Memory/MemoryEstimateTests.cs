using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Memory;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Memory;

[Collection(nameof(ProcessTests))]
public sealed class MemoryEstimateTests(ITestOutputHelper output)
{
    /// <summary>A tenth below at most, half above at most; and what its bound just lets in runs to its end.</summary>
    [Theory]
    [InlineData("cnn", 32)]
    [InlineData("cnn", 256)]
    [InlineData("mlp", 256)]
    [InlineData("lstm", 32)]
    [InlineData("gru", 32)]
    [InlineData("vgg", 32)]
    [InlineData("norm", 32)]
    [InlineData("transformer", 32)]
    [InlineData("dropped", 32)]
    [InlineData("half", 32)]
    [InlineData("mirrored", 256)]
    public async Task The_estimate_is_near_the_peak_of_a_real_trainer_that_is_bound_by_it(string name, int batch)
    {
        var model = TrainerModels.All.Single(model => model.Name == name);
        var run = await TrainerRun.RunAsync(model.Job(batch), batch, model.Height, model.Width, estimate => estimate.TotalBytes, TestContext.Current.CancellationToken);
        Assert.True(run.Result is { StopReason: StopReason.Completed }, $"{run.Result} {run.Log}");
        var ratio = (double)run.Estimate.TotalBytes / run.PeakBytes;
        output.WriteLine($"{name} {batch}: peak {ByteSize.Text(run.PeakBytes)}, estimate {ByteSize.Text(run.Estimate.TotalBytes)}, ratio {ratio:0.00}; {run.Estimate}");
        Assert.InRange(ratio, 0.9, 1.5);
    }
}
