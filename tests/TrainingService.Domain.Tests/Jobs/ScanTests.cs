using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

/// <summary>With a hundred thousand jobs nothing that happens every few seconds, or with every job, reads a whole table.</summary>
public sealed class ScanTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_sweep_claim_verb_or_removal_scans_a_table()
    {
        await FillAsync();
        // One connection, because the server counts per session and adds up when it is told to.
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(domain.ConnectionString) { MaxPoolSize = 1 });
        var store = new JobStore(database, domain.Heartbeats, domain.Bell, Options.Create(DomainFixture.JobOptions), TimeProvider.System);
        var before = await ReadScansAsync(database);

        Assert.NotEmpty(await store.SweepAsync(TimeSpan.FromMinutes(1), ["cpu"], Ct));
        var added = await store.AddAsync(DomainFixture.Example.Value, null, new IdempotencyKey("scan", new string('1', 64)), Ct);
        var id = added.JobId;
        await store.ReadQueuePositionsAsync([id], Ct);
        await store.TryClaimAsync(id, "worker", DomainFixture.Lease, Ct);
        await store.TryAppendAsync(id, 1, [DomainFixture.Log("epoch")], new JobUpdate(Epoch: 1, Resumed: new ResumePoint(0, 0)), Ct);
        await store.TryAddCheckpointAsync(id, 1, DomainFixture.Checkpoint(id, 1, 1, true, new string('c', 64)), 2, 1, Ct);
        await store.TryAddArtifactAsync(id, 1, DomainFixture.Artifact(id, "model", new string('a', 64)), Ct);
        await store.PauseAsync(id, Ct);
        await store.TryPauseAsync(id, 1, Ct);
        await store.ResumeAsync(id, Ct);
        await store.AddAsync(DomainFixture.Example.Value, new JobOrigin(id, ParentRelation.Continue), null, Ct);
        await store.CancelAsync(id, Ct);
        await store.ArchiveAsync(id, Ct);
        await new ContentCollector(new Contents(), database, Options.Create(new StorageOptions()), TimeProvider.System).CollectAsync(Ct);
        await store.DeleteAsync(id, Ct);

        var after = await ReadScansAsync(database);
        Assert.Equal(before.Scans, after.Scans);
        // Nor does it go through the waiting jobs of queues that are not its own.
        Assert.InRange(after.Rows - before.Rows, 1, 15_000);
    }

    private async Task FillAsync()
    {
        await domain.ExecuteAsync(
            """
            INSERT INTO jobs (id, name, spec, model, tags, metadata, status, queue, priority, lane, attempt, uncounted_attempts, max_attempts, run_seconds,
                              epoch, epochs, last_seq, created_at, offered_at, not_before, max_pending_at, lease_expires_at, started_at)
            SELECT gen_random_uuid(), 'job', '{}', '{}', '{}', '{}',
                   CASE WHEN n BETWEEN 1501 AND 2000 THEN 'running' WHEN n <= 40000 THEN 'queued' ELSE 'succeeded' END,
                   CASE WHEN n <= 2000 THEN 'cpu' ELSE 'gpu' END, 1, 2, 1, 0, 3, 0, 1, 1, 1, now(),
                   now() - n * interval '1 second', CASE WHEN n <= 500 THEN now() + interval '1 hour' END, CASE WHEN n <= 100 THEN now() + interval '1 hour' END,
                   CASE WHEN n BETWEEN 1501 AND 2000 THEN now() + (n - 1600) * interval '1 second' END, now()
            FROM generate_series(1, 100000) AS n
            """, Ct);
        foreach (var insert in new[]
        {
            "INSERT INTO job_events SELECT id, 1, 0, 'status', '{}', now() FROM jobs LIMIT 20000",
            "INSERT INTO job_attempts (job_id, attempt, owner, started_at) SELECT id, 1, 'worker', now() FROM jobs LIMIT 20000",
            "INSERT INTO artifacts SELECT id, 'model', 1, 'model', 'text/plain', 1, encode(sha256(id::text::bytea), 'hex'), now() FROM jobs LIMIT 20000",
            "INSERT INTO checkpoints (job_id, number, attempt, epoch, step, is_best, sha256, size_bytes, created_at) "
                + "SELECT id, 1, 1, 1, 0, true, encode(sha256(id::text::bytea), 'hex'), 1, now() FROM jobs LIMIT 20000",
            "INSERT INTO deleted_jobs SELECT gen_random_uuid(), now() FROM jobs LIMIT 20000",
            "ANALYZE",
        })
            await domain.ExecuteAsync(insert, Ct);
    }

    private static async Task<(string Scans, long Rows)> ReadScansAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using (var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection))
            await flush.ExecuteNonQueryAsync(Ct);
        await using var command = new NpgsqlCommand(
            """
            SELECT string_agg(relname || ' ' || seq_scan, ', ' ORDER BY relname), sum(idx_tup_fetch)::bigint FROM pg_stat_user_tables
            WHERE relname IN ('jobs', 'job_events', 'job_attempts', 'artifacts', 'checkpoints', 'deleted_jobs')
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        await reader.ReadAsync(Ct);
        return (reader.GetString(0), reader.GetInt64(1));
    }

    /// <summary>A store that holds two digests.</summary>
    private sealed class Contents : IArtifactStore
    {
        public IEnumerable<StoredContent> Enumerate() => [new(new string('a', 64), 1, DateTimeOffset.UtcNow), new(new string('f', 64), 1, DateTimeOffset.UtcNow)];

        public void RemoveLeftovers()
        {
        }

        public Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, CancellationToken ct) => throw new NotSupportedException();

        public Stream? TryOpen(string sha256) => throw new NotSupportedException();

        public bool TryLink(string sha256, string path) => throw new NotSupportedException();

        public bool TryRefresh(string sha256) => throw new NotSupportedException();

        public bool TryDelete(StoredContent seen) => throw new NotSupportedException();
    }
}
