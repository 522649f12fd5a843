using TrainingService.Contracts.Datasets;
using TrainingService.Worker.Datasets;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Datasets;

public sealed class IngestVerdictTests
{
    private static readonly DatasetSchema _schema = new([], new Dictionary<string, long>(), DatasetFormat.Csv);
    private static readonly DatasetError _error = new(DatasetErrorCodes.BadValue, "expected a number. Received: \"x\".", "a.csv", 3, "price");

    [Fact]
    public void What_came_to_its_own_end_keeps_that_end_also_when_somebody_asked_for_another()
    {
        Assert.IsType<IngestVerdict.Ready>(Of(new IngestResult(_schema), cancelRequested: true));
        Assert.Equal(_error, Assert.IsType<IngestVerdict.Failed>(Of(new IngestResult(Error: _error), workerStopping: true)).Error);
    }

    [Fact]
    public void One_that_was_stopped_is_cancelled_or_handed_back_by_who_asked()
    {
        Assert.IsType<IngestVerdict.Cancelled>(Of(new IngestResult(Cancelled: true), cancelRequested: true));
        Assert.Equal(new IngestVerdict.HandBack("the worker stops", CountAttempt: false), Of(new IngestResult(Cancelled: true), workerStopping: true));
        Assert.True(Assert.IsType<IngestVerdict.HandBack>(Of(new IngestResult(Cancelled: true))).CountAttempt);
    }

    [Theory]
    [InlineData(137, true, "")]
    [InlineData(134, false, "Out of memory.\n   at System.String.Concat")]
    public void One_that_died_for_want_of_memory_fails_at_once(int exitCode, bool oomKilled, string stderr)
    {
        var error = Assert.IsType<IngestVerdict.Failed>(Of(null, new ChildEnd(exitCode, null, oomKilled), stderr)).Error;
        Assert.Equal(DatasetErrorCodes.OutOfMemory, error.Code);
        Assert.Contains("512 MiB", error.Message);
    }

    [Fact]
    public void One_that_is_over_its_time_fails() =>
        Assert.Equal(DatasetErrorCodes.TimeLimit, Assert.IsType<IngestVerdict.Failed>(Of(null, new ChildEnd(137, null, false), isOverdue: true)).Error.Code);

    [Fact]
    public void One_that_died_or_fell_silent_is_tried_again_and_says_how_it_ended()
    {
        var died = Assert.IsType<IngestVerdict.HandBack>(Of(null, new ChildEnd(139, null, false), "libSkia: boom"));
        Assert.True(died.CountAttempt);
        Assert.Equal("the inspect process died: it crashed in native code (SIGSEGV), exit code 139. The end of its log:\nlibSkia: boom", died.Reason);
        Assert.Contains("no progress for 120 s", Assert.IsType<IngestVerdict.HandBack>(Of(null, new ChildEnd(137, TimeSpan.FromMinutes(2), false))).Reason);
    }

    private static IngestVerdict Of(
        IngestResult? result, ChildEnd? end = null, string stderr = "", bool isOverdue = false, bool cancelRequested = false, bool workerStopping = false) =>
        IngestVerdict.Of(result, [], end ?? new ChildEnd(0, null, false), stderr, new IngestLimits(512 << 20, TimeSpan.FromHours(1), 1 << 30), isOverdue, cancelRequested, workerStopping);
}
