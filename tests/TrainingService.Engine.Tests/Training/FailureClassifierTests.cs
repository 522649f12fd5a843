using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

public sealed class FailureClassifierTests
{
    [Theory]
    [InlineData(28, StopReason.StorageFull)] // ENOSPC
    [InlineData(122, StopReason.StorageFull)] // EDQUOT
    [InlineData(5, StopReason.InternalError)] // EIO
    public void F23_what_the_system_refuses_is_the_machines_fault(int errno, StopReason reason)
    {
        var result = FailureClassifier.Classify(new IOException("Refused : '/data/history.csv'", errno));

        Assert.Equal((reason, true), (result.StopReason, result.MachineFault));
        Assert.Contains("/data/history.csv", result.Error!.Message);
    }

    [Fact]
    public void A_bug_is_not() =>
        Assert.Equal((StopReason.InternalError, false), FailureClassifier.Classify(new FileNotFoundException("weights.h5")) is var result ? (result.StopReason, result.MachineFault) : default);
}
