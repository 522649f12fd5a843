using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Queue;

public sealed class LaneTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_worker_serves_every_lane_of_its_queues_what_ran_already_first() =>
        Assert.Equal(["a-cpu", "a-gpu", "b-cpu", "b-gpu", "c-cpu", "c-gpu", "d-cpu", "d-gpu"], TrainingQueue.NamesOf(["gpu", "cpu"]));

    [Theory]
    [InlineData(JobPriority.High, QueueLane.High)]
    [InlineData(JobPriority.Normal, QueueLane.Normal)]
    [InlineData(JobPriority.Low, QueueLane.Low)]
    public async Task A_job_waits_in_the_lane_of_its_priority_and_before_all_once_it_ran(JobPriority priority, QueueLane lane)
    {
        var id = await domain.AddJobAsync(Ct, queue: "night", priority: priority);
        await domain.PassTimeAsync(id, TimeSpan.FromHours(2), Ct);
        Assert.Contains(new Offer(id, "night", lane), await domain.Store.SweepAsync(TimeSpan.FromHours(1), ["night"], Ct));

        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);

        Assert.Contains(new Offer(id, "night", QueueLane.Again), await domain.Store.SweepAsync(TimeSpan.FromHours(1), ["night"], Ct));
    }

    [Fact]
    public async Task A_place_in_the_queue_counts_who_comes_before()
    {
        var normal = await domain.AddJobAsync(Ct, queue: "places");
        var high = await domain.AddJobAsync(Ct, queue: "places", priority: JobPriority.High);
        var second = await domain.AddJobAsync(Ct, queue: "places");
        var low = await domain.AddJobAsync(Ct, queue: "places", priority: JobPriority.Low);
        var again = await domain.AddJobAsync(Ct, queue: "places", priority: JobPriority.Low);
        var other = await domain.AddJobAsync(Ct, queue: "elsewhere");
        await domain.ClaimAsync(again, Ct);
        Guid[] all = [again, high, normal, second, low, other];

        var running = await domain.Store.ReadQueuePositionsAsync(all, Ct);
        Assert.False(running.ContainsKey(again));
        await domain.Store.TryHandBackAsync(again, 1, new HandBack("the worker stops", CountAttempt: false), Ct);

        var positions = await domain.Store.ReadQueuePositionsAsync(all, Ct);
        Assert.Equal([1, 2, 3, 4, 5, 1], all.Select(id => (int)positions[id]));
    }
}
