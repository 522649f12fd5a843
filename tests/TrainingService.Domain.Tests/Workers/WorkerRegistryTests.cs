using Microsoft.EntityFrameworkCore;
using TrainingService.Domain.Workers;

namespace TrainingService.Domain.Tests.Workers;

public sealed class WorkerRegistryTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_is_there_while_it_gives_signs_of_life()
    {
        var workers = new WorkerRegistry(domain.Heartbeats);
        await workers.SaveAsync(Worker("a", running: 0), Ct);
        await workers.SaveAsync(Worker("b", running: 1), Ct);
        await workers.SaveAsync(Worker("a", running: 2), Ct);
        Assert.Equal([("a", 2), ("b", 1)], await ReadAsync());

        await domain.ExecuteAsync("UPDATE workers SET seen_at = seen_at - interval '1 minute' WHERE id = 'b'", Ct);
        Assert.Equal(1, await workers.RemoveSilentAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.Equal([("a", 2)], await ReadAsync());

        await workers.RemoveAsync("a", Ct);
        Assert.Empty(await ReadAsync());
    }

    private async Task<List<(string, int)>> ReadAsync()
    {
        await using var db = domain.OpenDb();
        return (await db.Workers.AsNoTracking().OrderBy(worker => worker.Id).ToListAsync(Ct)).ConvertAll(worker => (worker.Id, worker.Running));
    }

    private static WorkerRow Worker(string id, int running) => new()
    {
        Id = id, Host = "here", Pid = 1, Version = "1.0.0", Queues = ["cpu"], Devices = ["cpu"], MaxConcurrentJobs = 2, Running = running, StartedAt = DateTimeOffset.Now,
    };
}
