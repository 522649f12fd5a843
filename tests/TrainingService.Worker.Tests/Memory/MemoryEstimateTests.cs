using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Memory;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Memory;

[Collection(nameof(ProcessTests))]
public sealed class MemoryEstimateTests(ITestOutputHelper output)
{
    public static TheoryData<string, int> Every =>
        [.. from model in TrainerModels.All from batch in (int[])[32, 256] select new TheoryDataRow<string, int>(model.Name, batch)];

    /// <summary>A tenth below at most, half above at most: a job that is let in runs, and one that would run is let in.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public async Task The_estimate_is_near_the_peak_of_a_real_trainer(string name, int batch)
    {
        var model = TrainerModels.All.Single(model => model.Name == name);
        var run = await TrainerRun.RunAsync(model.Job(batch), batch, model.Height, model.Width, null, TestContext.Current.CancellationToken);
        Assert.True(run.Result is { StopReason: StopReason.Completed }, $"{run.Result} {run.Log}");
        var ratio = (double)run.Estimate.TotalBytes / run.PeakBytes;
        output.WriteLine($"{name} {batch}: peak {ByteSize.Text(run.PeakBytes)}, estimate {ByteSize.Text(run.Estimate.TotalBytes)}, ratio {ratio:0.00}; {run.Estimate}");
        Assert.InRange(ratio, 0.9, 1.5);
    }
}
