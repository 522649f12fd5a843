using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Datasets;

public sealed class DatasetStoreTests(DomainFixture domain) : IClassFixture<DomainFixture>, IDisposable
{
    private readonly DatasetBench _bench = new(domain);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DatasetStore Store => _bench.Store;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_version_goes_from_queued_to_ready_and_tells_each_step()
    {
        var added = await _bench.AddAsync(DatasetBench.NewName(), Ct);
        var claim = await _bench.ClaimAsync(added.VersionId, Ct);
        Assert.Equal(("houses.csv", 1), (Assert.Single(claim.Sources).Name, claim.Attempt));

        Assert.True(await Store.TryReportAsync(added.VersionId, 1, new IngestProgressMessage(2, 10, 15), Ct));
        var (values, preview) = (await _bench.PutAsync("train.0.bin", "values", Ct), await _bench.PutAsync("preview.json", "{}", Ct));
        Assert.True(await Store.TryAddFileAsync(added.VersionId, 1, values, Ct));
        Assert.True(await Store.TryFinishAsync(added.VersionId, 1, DatasetBench.Schema, [values, preview], Ct));

        var ready = await Store.FindReadyAsync(new DatasetReference(added.Name), Ct);
        Assert.Equal((added.VersionId, 1, DatasetFingerprint.Of(DatasetBench.Schema, [values]), values.SizeBytes),
            (ready!.VersionId, ready.Info.Version, ready.Info.Fingerprint, ready.Info.SizeBytes));
        Assert.Equal([values], ready.Files);
        Assert.Equal(["queued", "ingesting", "ready"], await _bench.StatusesAsync(added.VersionId, Ct));
        var events = await Store.ReadEventsAsync(added.VersionId, 0, 100, Ct);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(e => e.Seq));
        Assert.Equal(10, events.Single(e => e.Type == DatasetEventTypes.Progress).Data.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task The_newest_ready_version_is_meant_unless_one_is_named()
    {
        var name = DatasetBench.NewName();
        await _bench.AddReadyAsync(name, Ct);
        await _bench.AddReadyAsync(name, Ct);
        var third = await _bench.AddAsync(name, Ct);

        Assert.Equal(3, third.Version);
        Assert.Equal(2, (await Store.FindReadyAsync(new DatasetReference(name), Ct))!.Info.Version);
        Assert.Equal(1, (await Store.FindReadyAsync(new DatasetReference(name, 1), Ct))!.Info.Version);
        Assert.Null(await Store.FindReadyAsync(new DatasetReference(name, 3), Ct));
    }

    [Fact]
    public async Task Of_many_claims_one_succeeds_and_its_repetition_is_recognised()
    {
        var added = await _bench.AddAsync(DatasetBench.NewName(), Ct);
        var ids = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToList();

        var claims = await Task.WhenAll(ids.Select(id => Store.TryClaimAsync(added.VersionId, id, "worker", DatasetBench.Lease, Ct)));

        var winner = Assert.Single(claims.Index(), claim => claim.Item is not null).Index;
        Assert.Equal(1, (await Store.TryClaimAsync(added.VersionId, ids[winner], "worker", DatasetBench.Lease, Ct))!.Attempt);
        Assert.Null(await Store.TryClaimAsync(added.VersionId, Guid.NewGuid(), "worker", DatasetBench.Lease, Ct));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing_more()
    {
        var added = await _bench.AddAsync(DatasetBench.NewName(), Ct);
        await _bench.ClaimAsync(added.VersionId, Ct);
        await Store.TryAddFileAsync(added.VersionId, 1, await _bench.PutAsync("train.0.bin", "half", Ct), Ct);
        await _bench.ExpireLeaseAsync(added.VersionId, Ct);
        Assert.Contains(added.VersionId, await Store.SweepAsync(TimeSpan.FromHours(1), Ct));
        await _bench.ClaimAsync(added.VersionId, Ct);

        Assert.False((await Store.RenewAsync(added.VersionId, 1, DatasetBench.Lease, Ct)).Held);
        Assert.False(await Store.TryReportAsync(added.VersionId, 1, new IngestProgressMessage(1, 1), Ct));
        Assert.False(await Store.TryAddFileAsync(added.VersionId, 1, await _bench.PutAsync("train.1.bin", "late", Ct), Ct));
        Assert.False(await Store.TryFinishAsync(added.VersionId, 1, DatasetBench.Schema, [], Ct));
        Assert.False(await Store.TryFailAsync(added.VersionId, 1, new DatasetError(DatasetErrorCodes.BadValue, "late"), Ct));
        Assert.Equal(IngestSettled.Lost, await Store.TryHandBackAsync(added.VersionId, 1, "late", countAttempt: true, Ct));
        await using var db = domain.OpenDb();
        Assert.Equal([DatasetFileKind.Source], await db.DatasetFiles.Where(file => file.VersionId == added.VersionId).Select(file => file.Kind).ToListAsync(Ct));
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_can_be_repeated()
    {
        var (ready, failed) = (await _bench.AddAsync(DatasetBench.NewName(), Ct), await _bench.AddAsync(DatasetBench.NewName(), Ct));
        await _bench.ClaimAsync(ready.VersionId, Ct);
        await _bench.ClaimAsync(failed.VersionId, Ct);
        var error = new DatasetError(DatasetErrorCodes.BadValue, "expected a number. Received: x.", "houses.csv", 7, "price");

        for (var time = 0; time < 2; time++)
        {
            Assert.True(await Store.TryFinishAsync(ready.VersionId, 1, DatasetBench.Schema, [], Ct));
            Assert.True(await Store.TryFailAsync(failed.VersionId, 1, error, Ct));
        }

        Assert.Equal(["queued", "ingesting", "ready"], await _bench.StatusesAsync(ready.VersionId, Ct));
        Assert.Equal(["queued", "ingesting", "failed"], await _bench.StatusesAsync(failed.VersionId, Ct));
        var told = (await Store.ReadEventsAsync(failed.VersionId, 2, 1, Ct))[0].Data.GetProperty("error");
        Assert.Equal((7, "price"), (told.GetProperty("row").GetInt32(), told.GetProperty("column").GetString()));
    }

    [Fact]
    public async Task A_reader_that_dies_each_time_ends_as_an_internal_error()
    {
        var (dying, lost) = (await _bench.AddAsync(DatasetBench.NewName(), Ct), await _bench.AddAsync(DatasetBench.NewName(), Ct));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await _bench.ClaimAsync(dying.VersionId, Ct);
            Assert.Equal(attempt == 1 ? IngestSettled.Queued : IngestSettled.Failed, await Store.TryHandBackAsync(dying.VersionId, attempt, "it crashed", countAttempt: true, Ct));
            await _bench.ClaimAsync(lost.VersionId, Ct);
            await _bench.ExpireLeaseAsync(lost.VersionId, Ct);
            await Store.SweepAsync(TimeSpan.FromHours(1), Ct);
        }

        foreach (var id in new[] { dying.VersionId, lost.VersionId })
        {
            var end = (await Store.ReadEventsAsync(id, 0, 100, Ct))[^1].Data;
            Assert.Equal(("failed", "internal_error"), (end.GetProperty("status").GetString(), end.GetProperty("error").GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task A_hand_back_in_good_order_does_not_count()
    {
        var added = await _bench.AddAsync(DatasetBench.NewName(), Ct);
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await _bench.ClaimAsync(added.VersionId, Ct);
            Assert.Equal(IngestSettled.Queued, await Store.TryHandBackAsync(added.VersionId, attempt, "the worker stops", countAttempt: false, Ct));
        }
    }

    [Fact]
    public async Task Cancelling_ends_a_waiting_version_at_once_and_tells_the_worker_of_one_that_is_read()
    {
        var (waiting, read) = (await _bench.AddAsync(DatasetBench.NewName(), Ct), await _bench.AddAsync(DatasetBench.NewName(), Ct));
        await _bench.ClaimAsync(read.VersionId, Ct);

        Assert.Equal(DatasetOutcome.Done, await Store.CancelAsync(waiting.Name, 1, Ct));
        Assert.Equal(DatasetOutcome.NothingToDo, await Store.CancelAsync(waiting.Name, 1, Ct));
        Assert.Equal(DatasetOutcome.Requested, await Store.CancelAsync(read.Name, 1, Ct));
        Assert.Equal(DatasetOutcome.Requested, await Store.CancelAsync(read.Name, 1, Ct));
        Assert.Equal(DatasetOutcome.NotFound, await Store.CancelAsync(read.Name, 2, Ct));
        Assert.True((await Store.RenewAsync(read.VersionId, 1, DatasetBench.Lease, Ct)).CancelRequested);
        Assert.Equal(IngestSettled.Cancelled, await Store.TryHandBackAsync(read.VersionId, 1, "it stopped", countAttempt: false, Ct));
        Assert.Equal(["queued", "ingesting", "ingesting", "cancelled"], await _bench.StatusesAsync(read.VersionId, Ct));
    }

    [Fact]
    public async Task A_request_with_a_key_makes_one_version_however_often_it_comes()
    {
        var (name, key) = (DatasetBench.NewName(), new IdempotencyKey(Guid.NewGuid().ToString(), new string('a', 64)));

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _bench.AddAsync(name, Ct, key)));

        Assert.Single(added, one => one.Outcome == AddDatasetOutcome.Created);
        Assert.Single(added.Select(one => one.VersionId).Distinct());
        Assert.Equal(AddDatasetOutcome.KeyReused, (await _bench.AddAsync(name, Ct, key with { BodySha256 = new string('b', 64) })).Outcome);
    }

    [Fact]
    public async Task An_upload_that_is_not_complete_makes_no_version()
    {
        var upload = await _bench.Uploads.AddAsync("houses.csv", 10, new string('a', 64), Ct);
        var name = DatasetBench.NewName();

        var added = await Store.AddAsync(new NewDataset(new DatasetRequest(name), [upload.Id]), null, Ct);

        Assert.Equal(AddDatasetOutcome.NoUpload, added.Outcome);
        await using var db = domain.OpenDb();
        Assert.False(await db.Datasets.AnyAsync(dataset => dataset.Name == name, Ct));
    }

    [Fact]
    public async Task A_version_that_a_waiting_job_uses_stays_and_its_number_is_given_once()
    {
        var name = DatasetBench.NewName();
        await _bench.AddReadyAsync(name, Ct);
        await _bench.AddReadyAsync(name, Ct);
        var job = await domain.AddJobAsync(Ct);
        await domain.ExecuteAsync($"UPDATE jobs SET spec = jsonb_set(spec, '{{data,train,dataset}}', '\"{name}@1\"') WHERE id = '{job}'", Ct);

        Assert.Equal(DatasetOutcome.InUse, await Store.DeleteAsync(name, 1, Ct));
        Assert.Equal(DatasetOutcome.InUse, await Store.DeleteAsync(name, Ct));
        Assert.Equal([job], await Store.ReadUsersAsync(name, 1, 10, Ct));
        Assert.Equal([job], await Store.ReadUsersAsync(name, null, 10, Ct));
        Assert.Equal(DatasetOutcome.Done, await Store.DeleteAsync(name, 2, Ct));
        Assert.Equal(DatasetOutcome.NothingToDo, await Store.DeleteAsync(name, 2, Ct));
        await domain.Store.CancelAsync(job, Ct);
        Assert.Equal(DatasetOutcome.Done, await Store.DeleteAsync(name, Ct));
        Assert.Equal(DatasetOutcome.NothingToDo, await Store.DeleteAsync(name, Ct));
        Assert.Equal(DatasetOutcome.NotFound, await Store.DeleteAsync(DatasetBench.NewName(), Ct));
        Assert.Equal(3, (await _bench.AddAsync(name, Ct)).Version);
    }

    [Fact]
    public async Task A_built_in_data_set_is_asked_for_once_and_again_after_it_failed()
    {
        var name = DatasetBench.NewName();

        var asked = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Store.EnsureBuiltInAsync(name, Ct)));

        Assert.Single(asked, one => one.Outcome == AddDatasetOutcome.Created);
        var id = Assert.Single(asked.Select(one => one.VersionId).Distinct());
        await _bench.ClaimAsync(id, Ct);
        await Store.TryFailAsync(id, 1, new DatasetError(DatasetErrorCodes.DownloadFailed, "the mirror is away"), Ct);
        var again = await Store.EnsureBuiltInAsync(name, Ct);
        Assert.Equal(AddDatasetOutcome.Created, again.Outcome);
        Assert.NotEqual(id, again.VersionId); // its number is a later one, not always the next: those who came too late have taken some
    }
}
