using System.Text.Json;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class SweepTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F03_the_job_of_a_lost_worker_is_queued_again()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct, DomainFixture.NoLease);

        Assert.Contains(id, await domain.SweepAsync(Long, Ct));

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobStatus.Queued, 1), (job.Status, job.Attempt));
        Assert.Null(job.LeaseOwner);
        var queued = (await domain.ReadEventsAsync(id, Ct))[^1].Data.Deserialize<StatusEvent>(ContractsJson.Options)!;
        Assert.Equal(("queued", "worker lost"), (queued.Status, queued.Reason));
        Assert.DoesNotContain(id, await domain.SweepAsync(Long, Ct));
    }

    [Fact]
    public async Task A_job_with_a_lease_stays_where_it_is()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);

        Assert.DoesNotContain(id, await domain.SweepAsync(TimeSpan.Zero, Ct));

        Assert.Equal(JobStatus.Running, (await domain.ReadJobAsync(id, Ct)).Status);
    }

    [Fact]
    public async Task A_queued_job_that_nobody_took_is_offered_again_once_per_period()
    {
        var id = await domain.AddJobAsync(Ct);
        Assert.DoesNotContain(id, await domain.SweepAsync(Long, Ct));
        await domain.ExecuteAsync($"UPDATE jobs SET offered_at = now() - interval '2 hours' WHERE id = '{id}'", Ct);

        Assert.Contains(id, await domain.SweepAsync(Long, Ct));
        Assert.DoesNotContain(id, await domain.SweepAsync(Long, Ct));
    }

    [Fact]
    public async Task A_forgotten_job_is_found_by_who_serves_its_queue()
    {
        var id = await domain.AddJobAsync(Ct, queue: "gpu");
        await domain.PassTimeAsync(id, TimeSpan.FromHours(2), Ct);

        Assert.DoesNotContain(id, await domain.SweepAsync(Long, Ct));
        Assert.Contains(new Offer(id, "gpu", QueueLane.Normal), await domain.Store.SweepAsync(Long, ["cpu", "gpu"], Ct));
    }

    [Fact]
    public async Task Sweepers_that_run_at_once_hand_each_lost_job_out_once()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await domain.AddJobAsync(Ct));
            await domain.ClaimAsync(ids[i], Ct, DomainFixture.NoLease);
        }

        var swept = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => domain.SweepAsync(Long, Ct)));

        Assert.Equal(ids, swept.SelectMany(found => found).Where(ids.Contains).Order());
        foreach (var id in ids)
            Assert.Equal(3, (await domain.ReadEventsAsync(id, Ct)).Count);
    }

    [Theory]
    [InlineData("SELECT id FROM jobs WHERE status = 'running' AND lease_expires_at < now() ORDER BY lease_expires_at LIMIT 1000", "ix_jobs_lease_expires_at")]
    [InlineData("SELECT id FROM jobs WHERE status = 'queued' AND not_before IS NULL AND queue = 'cpu' AND offered_at < now() ORDER BY offered_at LIMIT 1000", "ix_jobs_queue_offered_at")]
    [InlineData("SELECT id FROM jobs WHERE status = 'failed' AND id < '0193d0a0-0000-7000-8000-000000000000' ORDER BY id DESC LIMIT 50", "ix_jobs_status_id")]
    [InlineData("SELECT id FROM jobs WHERE id < '0193d0a0-0000-7000-8000-000000000000' ORDER BY id DESC LIMIT 50", "pk_jobs")]
    [InlineData("SELECT id FROM jobs WHERE tags @> ARRAY['tutorial']", "ix_jobs_tags")]
    [InlineData("SELECT data FROM job_events WHERE job_id = '0193d0a0-0000-7000-8000-000000000000' AND type = 'epoch_end' ORDER BY seq", "ix_job_events_job_id_type_seq")]
    public async Task Every_list_and_every_sweep_has_an_index(string query, string index)
    {
        await using var connection = await domain.Database.OpenConnectionAsync(Ct);
        await using var command = new NpgsqlCommand($"SET enable_seqscan = off; SET enable_sort = off; EXPLAIN {query}", connection);
        var plan = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(Ct))
            while (await reader.ReadAsync(Ct))
                plan.Add(reader.GetString(0));

        Assert.Contains(index, string.Join('\n', plan), StringComparison.Ordinal);
    }
}
