using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Tests.Queue;

public sealed class VerdictTests
{
    private static readonly TrainerEnd _done = new(new TrainerResult(StopReason.EarlyStopping), 0);
    private static readonly TrainerEnd _stopped = new(new TrainerResult(StopReason.UserRequest), 0);
    private static readonly TrainerEnd _failed = new(new TrainerResult(StopReason.NanLoss, new JobError("nan_loss", "The loss became NaN.")), 0);
    private static readonly TrainerEnd _killed = new(null, 137);

    [Theory]
    [InlineData(null, false)]
    [InlineData("cancel", false)]
    [InlineData("pause", false)]
    [InlineData(null, true)]
    public void A_run_that_came_to_its_own_end_keeps_it_whatever_was_asked_meanwhile(string? requested, bool stopping)
    {
        Assert.Equal(new Verdict.Finish(JobStatus.Succeeded, StopReason.EarlyStopping, null, 0), Of(_done, requested, stopping: stopping));
        Assert.Equal(new Verdict.Finish(JobStatus.Failed, StopReason.NanLoss, _failed.Result!.Error, 0), Of(_failed, requested, stopping: stopping));
    }

    [Fact]
    public void A_stopped_run_is_cancelled_or_paused_when_somebody_asked_for_it_even_while_the_worker_stops()
    {
        Assert.Equal(new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest, null, 0), Of(_stopped, "cancel"));
        Assert.Equal(new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest, null, 137), Of(_killed, "cancel", stopping: true));
        Assert.IsType<Verdict.Pause>(Of(_stopped, "pause"));
        // Past the deadline it was killed: it goes on from the checkpoint before.
        Assert.IsType<Verdict.Pause>(Of(_killed, "pause", stopping: true));
    }

    [Fact]
    public void A_run_stopped_by_its_worker_or_by_a_wish_that_was_taken_back_costs_no_attempt()
    {
        Assert.False(Assert.IsType<Verdict.HandBack>(Of(_stopped, stopping: true)).CountAttempt);
        Assert.False(Assert.IsType<Verdict.HandBack>(Of(_killed, stopping: true)).CountAttempt);
        Assert.False(Assert.IsType<Verdict.HandBack>(Of(_stopped, takenBack: true)).CountAttempt);
        Assert.True(Assert.IsType<Verdict.HandBack>(Of(_stopped)).CountAttempt);
    }

    [Theory]
    [InlineData(134, "SIGABRT")]
    [InlineData(137, "SIGKILL")]
    [InlineData(139, "SIGSEGV")]
    [InlineData(0, "without a result")]
    [InlineData(3, "exit code 3")]
    public void A_run_that_died_costs_an_attempt_and_says_how(int exitCode, string how)
    {
        var back = Assert.IsType<Verdict.HandBack>(Of(new TrainerEnd(null, exitCode), log: new string('x', 5_000) + " last words"));

        Assert.Equal((true, AttemptOutcome.Crashed, exitCode), (back.CountAttempt, back.Outcome, back.ExitCode));
        Assert.Contains(how, back.Error!.Message);
        Assert.EndsWith("last words", back.Error.Message);
        Assert.InRange(back.Error.Message.Length, 2_000, 2_300);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("cancel", false)]
    [InlineData(null, true)]
    public void A_run_whose_disk_failed_costs_an_attempt_and_at_the_limit_ends_for_that_reason(string? requested, bool stopping)
    {
        var error = new JobError("storage_full", "No space left on device");

        var back = Of(new TrainerEnd(new TrainerResult(StopReason.StorageFull, error, MachineFault: true), 0), requested, stopping: stopping);

        Assert.Equal(new Verdict.HandBack(error.Message, AttemptOutcome.Crashed, error, 0, StopReason.StorageFull), back);
    }

    [Fact]
    public void A_run_that_the_kernel_killed_for_its_memory_fails_at_once_and_is_not_tried_again()
    {
        var end = Assert.IsType<Verdict.Finish>(Of(_killed with { OutOfMemory = true }));

        Assert.Equal((JobStatus.Failed, StopReason.OutOfMemory, "out_of_memory", 137), (end.Status, end.Reason, end.Error!.Code, end.ExitCode));
    }

    [Fact]
    public void A_run_that_was_killed_for_its_silence_is_stalled()
    {
        var back = Assert.IsType<Verdict.HandBack>(Of(_killed with { Silence = TimeSpan.FromSeconds(120) }));

        Assert.Equal((true, AttemptOutcome.Stalled, "stalled"), (back.CountAttempt, back.Outcome, back.Error!.Code));
        Assert.Contains("120 s", back.Error.Message);
    }

    [Theory]
    [InlineData("Limit of open files: expected at least 256. Received: 64. Raise it.", "limit of the system")]
    [InlineData("Failed to create CoreCLR, HRESULT: 0x80070008", "processes and threads")]
    [InlineData("System.IO.IOException: Too many open files", "ulimit -n")]
    public void F29_what_the_system_refused_is_said_with_what_to_do(string log, string hint) =>
        Assert.Contains(hint, Assert.IsType<Verdict.HandBack>(Of(new TrainerEnd(null, 134), log: log)).Error!.Hint);

    private static Verdict Of(TrainerEnd end, string? requested = null, bool stopping = false, bool takenBack = false, string log = "") =>
        Verdict.Of(end, log, requested, takenBack, stopping);
}
