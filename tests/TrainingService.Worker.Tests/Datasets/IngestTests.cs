using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Storage;
using TrainingService.Testing;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Datasets;

/// <summary>Whole ingests: a worker, its inspect process, what is stored, and a trainer that reads it.</summary>
[Collection(nameof(ProcessTests))]
public sealed class IngestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_read_and_trained_on()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();

        var added = await service.AddDatasetAsync("houses", IngestService.HouseOptions, Ct, ("houses.csv", IngestService.Houses(2_000)));
        var events = await service.WaitForReadyAsync(added, worker, Ct);

        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(happened => happened.Seq));
        Assert.Equal(["queued", "ingesting", "ready"], events.Select(IngestService.Status).OfType<string>());
        var ready = await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("houses"), Ct);
        Assert.Equal((1, 2_000), (ready!.Info.Version, ready.Info.Splits["train"]));
        Assert.Equal(["area", "rooms", "price"], ready.Info.AllColumns().Select(column => column.Name));
        Assert.False(Directory.Exists(Path.Combine(service.StorageRoot, "ingests", added.VersionId.ToString())));

        foreach (var name in (string[])["houses", "houses@1"])
        {
            var job = await service.SubmitAsync(IngestService.RegressionOn(name), Ct);
            var ended = await service.WaitForEndAsync(job, Ct, worker);
            Assert.Equal((JobStatus.Succeeded, name), ((await service.ReadAsync(job, Ct)).Status, name));
            Assert.Contains(ended, happened => happened.Type == EventTypes.EpochEnd);
            Assert.False(Directory.Exists(service.RunFolderOf(job)));
        }
    }

    [Fact]
    public async Task Pictures_are_read_with_a_preview_that_shows_them()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var mnist = Path.Combine(Repository.Root, "deploy", "datasets", "mnist");

        var added = await service.AddDatasetAsync(
            "digits", null, Ct,
            [.. ((string[])["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]).Select(name => (name, File.ReadAllBytes(Path.Combine(mnist, name))))]);
        await service.WaitForReadyAsync(added, worker, Ct);

        var ready = await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("digits"), Ct);
        Assert.Equal(new Shape(28, 28), ready!.Info.FeatureShape);
        var split = Assert.Single(ready.Info.Splits);
        Assert.Equal(10_000, split.Value);
        await using var db = await service.Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(Ct);
        var preview = await db.DatasetFiles.Where(file => file.VersionId == added.VersionId && file.Kind == DatasetFileKind.Preview).ToListAsync(Ct);
        var png = File.ReadAllBytes(service.ContentPath(preview.Single(file => file.Name == DatasetSchema.PreviewImage(split.Key, 0, 0)).Sha256));
        Assert.Equal("PNG"u8.ToArray(), png[1..4]);
        var rows = JsonSerializer.Deserialize<List<DatasetPreview>>(
            File.ReadAllBytes(service.ContentPath(preview.Single(file => file.Name == DatasetSchema.PreviewFileName).Sha256)), ContractsJson.Options)!;
        Assert.Equal(["null", "7"], Assert.Single(rows).Rows[0].Select(value => value.GetRawText())); // the first digit of the test files is a seven
    }

    [Fact]
    public async Task A_wrong_value_fails_the_version_with_its_place_and_is_not_tried_again()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();

        var table = Encoding.ASCII.GetBytes("area,price\n50,100\n60,lots\n");
        var options = new IngestOptions(Label: new ColumnNames(["price"]), Types: new Dictionary<string, string> { ["price"] = "float32" });
        var added = await service.AddDatasetAsync("houses", options, Ct, ("houses.csv", table));
        var events = await service.WaitForStatusAsync(added, "failed", Ct, worker);

        var error = events[^1].Data.GetProperty("error");
        Assert.Equal(
            ("bad_value", "houses.csv", 2L, "price", 1),
            (error.GetProperty("code").GetString(), error.GetProperty("file").GetString(), error.GetProperty("row").GetInt64(), error.GetProperty("column").GetString(), events[^1].Attempt));
        Assert.Null(await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("houses"), Ct));
    }

    [Fact]
    public async Task F10_a_reader_that_dies_each_time_ends_the_version_with_what_it_said()
    {
        using var script = new TrainerScript("echo 'last words' >&2; kill -9 $$");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.InspectSetting);

        var added = await service.AddDatasetAsync("poison", new IngestOptions(DatasetFormat.Csv), Ct, ("misbehave", IngestService.Houses(3)));
        var events = await service.WaitForStatusAsync(added, "failed", Ct, worker);

        var error = events[^1].Data.GetProperty("error");
        Assert.Equal(("internal_error", 3), (error.GetProperty("code").GetString(), events[^1].Attempt));
        Assert.Contains("exit code 137", error.GetProperty("message").GetString());
        Assert.Contains("last words", error.GetProperty("message").GetString());
        // The worker goes on.
        await service.WaitForReadyAsync(await service.AddDatasetAsync("houses", IngestService.HouseOptions, Ct, ("houses.csv", IngestService.Houses(3))), worker, Ct);
    }

    [Fact]
    public async Task F02_a_reader_that_hangs_is_killed_and_ends_the_version_at_the_limit()
    {
        using var script = new TrainerScript("exec sleep 1000");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.InspectSetting, ("Worker__StallTimeout", "00:00:01"));

        var added = await service.AddDatasetAsync("hangs", new IngestOptions(DatasetFormat.Csv), Ct, ("misbehave", IngestService.Houses(3)));
        var events = await service.WaitForStatusAsync(added, "failed", Ct, worker);

        Assert.Contains("made no progress for 1 s", events[^1].Data.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(3, events[^1].Attempt);
    }

    [Fact]
    public async Task F36_a_version_that_is_being_read_is_cancelled_and_leaves_nothing()
    {
        // It hears the wish, and says so.
        using var script = new TrainerScript("read wish; echo '{\"type\":\"result\",\"data\":{\"cancelled\":true}}'; exit 0");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.InspectSetting);

        var added = await service.AddDatasetAsync("unwanted", new IngestOptions(DatasetFormat.Csv), Ct, ("misbehave", IngestService.Houses(3)));
        await service.WaitForStatusAsync(added, "ingesting", Ct, worker);
        Assert.Equal(DatasetOutcome.Requested, await service.Get<DatasetStore>().CancelAsync("unwanted", 1, Ct));
        var events = await service.WaitForStatusAsync(added, "cancelled", Ct, worker);

        Assert.Equal(1, events[^1].Attempt);
        await using var db = await service.Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(Ct);
        Assert.All(await db.DatasetFiles.Where(file => file.VersionId == added.VersionId).ToListAsync(Ct), file => Assert.Equal(DatasetFileKind.Source, file.Kind));
    }

    [Fact]
    public async Task F03_a_killed_workers_ingest_is_taken_by_another_and_its_reader_goes_with_it()
    {
        using var script = new TrainerScript("exec cat >/dev/null");
        await using var service = await ServiceFixture.StartAsync(Ct);
        var added = await service.AddDatasetAsync("houses", IngestService.HouseOptions with { Format = DatasetFormat.Csv }, Ct, ("misbehave", IngestService.Houses(30)));
        await using (var first = service.StartWorker(script.InspectSetting))
        {
            await service.WaitForStatusAsync(added, "ingesting", Ct, first);
            first.Kill();
        }

        await using var second = service.StartWorker();
        var events = await service.WaitForReadyAsync(added, second, Ct);

        Assert.Equal(2, events[^1].Attempt);
        Assert.Equal(30, (await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("houses", 1), Ct))!.Info.Splits["train"]);
    }

    [Fact]
    public async Task F05_a_worker_that_is_told_to_stop_hands_its_ingest_back_and_no_attempt_is_burnt()
    {
        using var script = new TrainerScript("read wish; echo '{\"type\":\"result\",\"data\":{\"cancelled\":true}}'; exit 0");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.InspectSetting);
        var added = await service.AddDatasetAsync("houses", new IngestOptions(DatasetFormat.Csv), Ct, ("misbehave", IngestService.Houses(3)));
        await service.WaitForStatusAsync(added, "ingesting", Ct, worker);

        worker.Signal("TERM");
        Assert.Equal(0, await worker.WaitForExitAsync(Ct));

        await using var db = await service.Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(Ct);
        var version = await db.DatasetVersions.SingleAsync(version => version.Id == added.VersionId, Ct);
        Assert.Equal((DatasetStatus.Queued, 1, 1), (version.Status, version.Attempt, version.UncountedAttempts));
    }

    [Fact]
    public async Task An_ingest_that_takes_too_long_fails()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__IngestTimeLimit", "00:00:01"));

        var added = await service.AddDatasetAsync("large", IngestService.HouseOptions, Ct, ("houses.csv", IngestService.Houses(8_000_000)));
        var events = await service.WaitForStatusAsync(added, "failed", Ct, worker);

        Assert.Equal("time_limit", events[^1].Data.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1, events[^1].Attempt);
    }

    [Fact]
    public async Task A_reader_is_told_no_secret_and_no_setting()
    {
        var seen = Path.GetTempFileName();
        using var script = new TrainerScript($"env > '{seen}'");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.InspectSetting, ("CLOUD_TOKEN", "hush"));

        var added = await service.AddDatasetAsync("houses", IngestService.HouseOptions with { Format = DatasetFormat.Csv }, Ct, ("misbehave", IngestService.Houses(3)));
        await service.WaitForReadyAsync(added, worker, Ct);

        var environment = await File.ReadAllTextAsync(seen, Ct);
        File.Delete(seen);
        Assert.Contains("TRAINING_DATASET=houses@1", environment);
        Assert.DoesNotContain("hush", environment);
        Assert.DoesNotContain("ConnectionStrings", environment, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Storage__Root", environment);
    }

    [Fact]
    public async Task F25_a_rotten_column_fails_the_job_before_a_wrong_value_is_read()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        await service.WaitForReadyAsync(await service.AddDatasetAsync("houses", IngestService.HouseOptions, Ct, ("houses.csv", IngestService.Houses(100))), worker, Ct);
        var ready = await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("houses"), Ct);
        var column = service.ContentPath(ready!.Files.Single(file => file.Name == "train.0.bin").Sha256);
        var bytes = await File.ReadAllBytesAsync(column, Ct);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(column, bytes, Ct);

        var job = await service.SubmitAsync(IngestService.RegressionOn("houses"), Ct);
        await service.WaitForEndAsync(job, Ct, worker);

        var failed = await service.ReadAsync(job, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.BadData, 1), (failed.Status, failed.StopReason, failed.Attempt));
        Assert.Contains("train.0.bin", failed.Error!.RootElement.GetProperty("message").GetString());
        Assert.Contains("damaged", failed.Error!.RootElement.GetProperty("message").GetString());
    }
}
