using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Tests.Queue;

public sealed class VerdictTests
{
    private static readonly TrainerResult _done = new(StopReason.EarlyStopping);
    private static readonly TrainerResult _stopped = new(StopReason.UserRequest);
    private static readonly TrainerResult _failed = new(StopReason.NanLoss, new JobError("nan_loss", "The loss became NaN."));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_run_that_came_to_its_own_end_keeps_it_whatever_was_asked_meanwhile(bool cancel, bool stopping)
    {
        Assert.Equal(new Verdict.Finish(JobStatus.Succeeded, StopReason.EarlyStopping), Verdict.Of(_done, 0, "", cancel, stopping));
        Assert.Equal(new Verdict.Finish(JobStatus.Failed, StopReason.NanLoss, _failed.Error), Verdict.Of(_failed, 0, "", cancel, stopping));
    }

    [Fact]
    public void A_stopped_run_is_cancelled_when_somebody_asked_for_it_even_while_the_worker_stops()
    {
        Assert.Equal(new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest), Verdict.Of(_stopped, 0, "", true, false));
        Assert.Equal(new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest), Verdict.Of(null, 137, "", true, true));
    }

    [Fact]
    public void A_run_stopped_by_its_worker_costs_no_attempt()
    {
        Assert.False(Assert.IsType<Verdict.HandBack>(Verdict.Of(_stopped, 0, "", false, true)).CountAttempt);
        Assert.False(Assert.IsType<Verdict.HandBack>(Verdict.Of(null, 137, "", false, true)).CountAttempt);
    }

    [Theory]
    [InlineData(134, "SIGABRT")]
    [InlineData(137, "SIGKILL")]
    [InlineData(139, "SIGSEGV")]
    [InlineData(0, "without a result")]
    [InlineData(3, "exit code 3")]
    public void A_run_that_died_costs_an_attempt_and_says_how(int exitCode, string how)
    {
        var back = Assert.IsType<Verdict.HandBack>(Verdict.Of(null, exitCode, new string('x', 5_000) + " last words", false, false));

        Assert.True(back.CountAttempt);
        Assert.Contains(how, back.Error!.Message);
        Assert.EndsWith("last words", back.Error.Message);
        Assert.InRange(back.Error.Message.Length, 2_000, 2_300);
    }
}
