using TrainingService.Contracts.Events;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>What a reader of a job's events sees of its epochs.</summary>
public static class Series
{
    /// <summary>Every epoch's end, in the order of the events.</summary>
    public static IEnumerable<int> Epochs(IEnumerable<JobEvent> events) =>
        events.Where(e => e.Type == EventTypes.EpochEnd).Select(e => e.Data.GetProperty("epoch").GetInt32());

    /// <summary>The loss of every epoch; one that an attempt did again counts as the later attempt has it.</summary>
    public static IEnumerable<(int Epoch, double Loss)> Visible(IEnumerable<JobEvent> events) => events
        .Where(e => e.Type == EventTypes.EpochEnd)
        .GroupBy(e => e.Data.GetProperty("epoch").GetInt32())
        .OrderBy(epoch => epoch.Key)
        .Select(epoch => (epoch.Key, epoch.MaxBy(e => e.Attempt)!.Data.GetProperty("logs").GetProperty("loss").GetDouble()));

    public static void AssertGapless(IReadOnlyList<JobEvent> events) =>
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
}
