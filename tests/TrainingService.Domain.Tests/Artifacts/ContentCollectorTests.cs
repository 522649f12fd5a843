using System.Text;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Artifacts;

public sealed class ContentCollectorTests : IClassFixture<DomainFixture>, IDisposable
{
    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(10);

    private readonly string _root = Directory.CreateTempSubdirectory("training-garbage-").FullName;
    private readonly ManualTime _time = new();
    private readonly DomainFixture _domain;
    private readonly FileArtifactStore _files;
    private readonly ContentCollector _collector;

    public ContentCollectorTests(DomainFixture domain)
    {
        _domain = domain;
        _files = new FileArtifactStore(_root, TimeProvider.System);
        _collector = new ContentCollector(_files, domain.Database, Options.Create(new StorageOptions { GarbageGraceSeconds = (int)_grace.TotalSeconds }), _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task F26_content_without_a_row_goes_after_the_grace_and_not_before()
    {
        var content = await PutAsync("nobody's");

        Assert.Empty(await _collector.CollectAsync(Ct));
        _time.Pass(_grace - TimeSpan.FromSeconds(1));
        Assert.Empty(await _collector.CollectAsync(Ct));
        _time.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal([content], (await _collector.CollectAsync(Ct)).Select(removed => removed.Sha256));
        Assert.Null(_files.TryOpen(content));
    }

    [Fact]
    public async Task F26_what_a_data_set_or_an_upload_names_stays_until_that_is_gone()
    {
        var (whole, part) = (await PutAsync("whole"), await PutAsync("part"));
        var (version, upload, unfinished) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var column = await PutAsync("column");
        foreach (var insert in new[]
        {
            $"INSERT INTO uploads VALUES ('{upload}', 'a', 5, '{whole}', 5, true, now(), now()), ('{unfinished}', 'b', 9, '{new string('b', 64)}', 4, false, now(), now())",
            $"INSERT INTO upload_parts VALUES ('{unfinished}', 0, 4, '{part}')",
            "INSERT INTO datasets VALUES ('houses', '', '', '', 1, now())",
            $"""
            INSERT INTO dataset_versions (id, name, version, status, options, source_bytes, attempt, uncounted_attempts, max_attempts, cancel_requested,
                                          read_rows, read_bytes, last_seq, created_at, offered_at)
            VALUES ('{version}', 'houses', 1, 'ready', '{"{}"}', 0, 1, 0, 3, false, 0, 0, 0, now(), now())
            """,
            $"INSERT INTO dataset_files VALUES ('{version}', 'column', 0, 'train.0.bin', '{column}', 6)",
        })
            await _domain.ExecuteAsync(insert, Ct);

        await RoundsAsync();
        Assert.All([whole, part, column], digest => Assert.NotNull(_files.TryOpen(digest)));
        await _domain.ExecuteAsync("DELETE FROM uploads", Ct);
        await _domain.ExecuteAsync("DELETE FROM dataset_versions", Ct);
        await RoundsAsync();
        Assert.All([whole, part, column], digest => Assert.Null(_files.TryOpen(digest)));
    }

    [Fact]
    public async Task F26_what_an_artifact_or_a_checkpoint_names_stays_until_the_last_row_is_gone()
    {
        var (model, checkpoint) = (await PutAsync("model"), await PutAsync("checkpoint"));
        var (first, second) = (await _domain.AddJobAsync(Ct), await _domain.AddJobAsync(Ct));
        foreach (var id in new[] { first, second })
        {
            await _domain.ClaimAsync(id, Ct);
            await _domain.Store.TryAddArtifactAsync(id, 1, DomainFixture.Artifact(id, "model", model), Ct);
        }
        await _domain.Store.TryAddCheckpointAsync(first, 1, DomainFixture.Checkpoint(first, 1, 1, true, checkpoint), 1, 0, Ct);

        await RoundsAsync();
        Assert.NotNull(_files.TryOpen(checkpoint));
        await _domain.Store.DeleteAsync(first, Ct);
        await RoundsAsync();

        Assert.Null(_files.TryOpen(checkpoint));
        Assert.NotNull(_files.TryOpen(model));
        await _domain.Store.DeleteAsync(second, Ct);
        await RoundsAsync();
        Assert.Null(_files.TryOpen(model));
    }

    [Fact]
    public async Task F26_content_that_is_put_or_refreshed_again_is_young_again()
    {
        var (put, refreshed) = (await PutAsync("put again"), await PutAsync("refreshed"));
        await _collector.CollectAsync(Ct);
        _time.Pass(_grace);
        await PutAsync("put again");
        Assert.True(_files.TryRefresh(refreshed));

        Assert.Empty(await _collector.CollectAsync(Ct));
        _time.Pass(_grace - TimeSpan.FromSeconds(1));
        Assert.Empty(await _collector.CollectAsync(Ct));
        _time.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(new[] { put, refreshed }.Order(), (await _collector.CollectAsync(Ct)).Select(removed => removed.Sha256).Order());
        Assert.False(_files.TryRefresh(refreshed));
    }

    [Fact]
    public async Task F26_content_that_is_put_again_after_it_was_looked_at_is_not_removed()
    {
        var sha256 = await PutAsync("raced for");
        var seen = Assert.Single(_files.Enumerate());
        await PutAsync("raced for");

        Assert.False(_files.TryDelete(seen));
        Assert.NotNull(_files.TryOpen(sha256));
        Assert.True(_files.TryDelete(Assert.Single(_files.Enumerate())));
        Assert.False(_files.TryDelete(seen));
    }

    [Fact]
    public async Task F26_who_puts_and_who_removes_at_once_lose_nothing_that_was_put_last()
    {
        using var stop = new CancellationTokenSource();
        var removing = Task.Run(
            () =>
            {
                var removed = 0;
                while (!stop.IsCancellationRequested)
                    removed += _files.Enumerate().Count(_files.TryDelete);
                return removed;
            }, Ct);
        var putters = Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
                await PutAsync($"content {n}");
        }, Ct));
        await Task.WhenAll(putters);
        await stop.CancelAsync();
        Assert.True(await removing > 0);

        var last = await PutAsync("content 0");
        Assert.NotNull(_files.TryOpen(last));
    }

    [Fact]
    public async Task F26_who_reads_reads_on()
    {
        var text = string.Concat(Enumerable.Repeat("a long text ", 100_000));
        await using var reading = _files.TryOpen(await PutAsync(text))!;
        var begun = new byte[10];
        await reading.ReadExactlyAsync(begun, Ct);

        Assert.Single(await RoundsAsync());

        using var rest = new StreamReader(reading);
        Assert.Equal(text[10..], await rest.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task F30_a_wall_clock_that_jumps_makes_nothing_old()
    {
        await PutAsync("on its way");
        await _collector.CollectAsync(Ct);
        _time.Jump(TimeSpan.FromDays(1));

        Assert.Empty(await _collector.CollectAsync(Ct));
    }

    [Fact]
    public async Task F36_a_parent_that_is_deleted_while_a_job_continues_it_leaves_the_job_its_checkpoint()
    {
        for (var round = 0; round < 40; round++)
        {
            var sha256 = await PutAsync($"state {round}");
            var parent = await _domain.AddJobAsync(Ct);
            await _domain.ClaimAsync(parent, Ct);
            await _domain.Store.TryAddCheckpointAsync(parent, 1, DomainFixture.Checkpoint(parent, 1, 1, true, sha256), 1, 0, Ct);

            var deleting = _domain.Store.DeleteAsync(parent, Ct);
            var child = await _domain.Store.AddAsync(DomainFixture.Example.Value, new JobOrigin(parent, ParentRelation.Continue), null, Ct);
            await deleting;
            await RoundsAsync();

            Assert.Equal(child.Outcome == AddOutcome.Created, _files.TryOpen(sha256) is not null);
            if (child.Outcome == AddOutcome.Created)
                Assert.Equal(sha256, Assert.Single(await _domain.Store.ReadCheckpointsAsync(child.JobId, Ct)).Sha256);
        }
    }

    private async Task<string> PutAsync(string text) => (await _files.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Ct)).Sha256;

    private async Task<IReadOnlyList<StoredContent>> RoundsAsync()
    {
        await _collector.CollectAsync(Ct);
        _time.Pass(_grace);
        return await _collector.CollectAsync(Ct);
    }

    private sealed class ManualTime : TimeProvider
    {
        private TimeSpan _passed;
        private TimeSpan _jumped;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _passed += time;

        public void Jump(TimeSpan time) => _jumped += time;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _passed + _jumped;
    }
}
