using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Worker.Tests.Runs;

[Collection(nameof(ProcessTests))]
public sealed class RunTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_ends_succeeded_with_its_files_and_events_without_a_gap()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 2, Ct);

        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Succeeded, StopReason.Completed, 1, 2), (job.Status, job.StopReason, job.Attempt, job.Epoch));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
        Assert.Equal(job.LastSeq, events[^1].Seq);
        Assert.Equal(EventTypes.Terminal, events[^1].Type);
        Assert.Equal([1, 2], events.Where(e => e.Type == EventTypes.EpochEnd).Select(e => e.Data.GetProperty("epoch").GetInt32()));
        Assert.Equal(
            ["preparing", "training", "exporting"],
            events.Where(e => e.Type == EventTypes.Status).Select(e => e.Data.GetProperty("phase").GetString()).OfType<string>());
        Assert.True(job.Metrics!.RootElement.GetProperty("accuracy").GetDouble() > 0.2, job.Metrics.RootElement.ToString());
    }

    [Fact]
    public async Task The_manifest_names_every_file_with_the_digest_of_its_bytes()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 1, Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        var artifacts = await service.ArtifactsOfAsync(id, Ct);
        await using var content = service.Artifacts.TryOpen(artifacts.Single(artifact => artifact.Name == "manifest.json").Sha256);
        var manifest = await JsonSerializer.DeserializeAsync<RunManifest>(content!, ContractsJson.Options, Ct);

        Assert.Equal(["config.json", "history.csv", "model.safetensors", "plan.json", "preprocessing.json"], manifest!.Files.Select(file => file.Name));
        Assert.Equal(manifest.Files.Count + 1, artifacts.Count);
        foreach (var file in manifest.Files)
        {
            await using var bytes = service.Artifacts.TryOpen(file.Sha256);
            Assert.Equal(file.SizeBytes, bytes!.Length);
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, Ct)));
        }
        await using var plan = service.Artifacts.TryOpen(manifest.Files.Single(file => file.Name == "plan.json").Sha256);
        Assert.DoesNotContain(Path.GetTempPath(), await new StreamReader(plan!).ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task What_callbacks_write_becomes_files_of_the_job()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var fit = JsonNode.Parse("""
            {"epochs": 3, "initial_epoch": 1, "validation_split": 0.25, "class_weight": {"3": 2.0}, "steps_per_epoch": 4, "callbacks": [
              {"class_name": "LearningRateScheduler", "config": {"schedule": "0.001 * 0.5 ** epoch"}},
              {"class_name": "ModelCheckpoint", "config": {"save_freq": 3, "filepath": "m-{epoch}-{batch}.safetensors"}},
              {"class_name": "CSVLogger", "config": {"filename": "log.csv", "separator": ";"}},
              {"class_name": "TensorBoard", "config": {"log_dir": "./tb", "histogram_freq": 1, "update_freq": 2}}]}
            """)!.AsObject();
        var id = await service.SubmitAsync(fit, Ct);
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Succeeded, StopReason.Completed, 3), (job.Status, job.StopReason, job.Epoch));
        Assert.Equal([2, 3], events.Where(e => e.Type == EventTypes.EpochEnd).Select(e => e.Data.GetProperty("epoch").GetInt32()));
        var artifacts = await service.ArtifactsOfAsync(id, Ct);
        var written = artifacts.Where(artifact => artifact.Kind is "weights" or "history" or "tensorboard").ToDictionary(artifact => artifact.Name);
        // 192 rows in batches of 32 are 6 steps, 4 and 2 of which make the two epochs: the third and the sixth are saved.
        Assert.Equal(
            ["history.csv", "log.csv", "m-2-3.safetensors", "m-3-2.safetensors", "tb/train", "tb/validation"],
            written.Keys.Select(name => name.StartsWith("tb/", StringComparison.Ordinal) ? Path.GetDirectoryName(name)! : name).Order(StringComparer.Ordinal));
        await using var log = service.Artifacts.TryOpen(written["log.csv"].Sha256);
        var rows = (await new StreamReader(log!).ReadToEndAsync(Ct)).Split("\r\n");
        Assert.Equal("epoch;accuracy;learning_rate;loss;val_accuracy;val_loss", rows[0]);
        Assert.StartsWith("1;", rows[1]);
        Assert.Contains(";0.0005000000237487257;", rows[1]);
    }

    [Fact]
    public async Task Cancelling_a_running_job_ends_it_as_cancelled_and_its_trainer()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync(epochs: 100_000, Ct);
        await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

        await service.Store.CancelAsync(id, Ct);
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Cancelled, StopReason.UserRequest, 1), (job.Status, job.StopReason, job.Attempt));
        Assert.Null(WorkerProcess.TrainerOf(id));
        var asked = events.Single(e => e.Type == EventTypes.Status && e.Data.GetProperty("requested").ValueKind == JsonValueKind.String);
        Assert.True(events[^1].CreatedAt - asked.CreatedAt < TimeSpan.FromSeconds(5), "It took longer than 5 s.");
    }

    [Fact]
    public async Task From_submission_to_the_first_epoch_it_takes_less_than_three_seconds()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);

        var waits = new List<(double PickUp, double FirstBatch)>();
        for (var i = 0; i < 5; i++)
        {
            var id = await service.SubmitAsync(epochs: 1, Ct);
            var events = await service.WaitForEndAsync(id, Ct, worker);
            var running = events.First(e => e.Type == EventTypes.Status && e.Attempt == 1);
            var epoch = events.First(e => e.Type == EventTypes.EpochBegin);
            waits.Add(((running.CreatedAt - events[0].CreatedAt).TotalMilliseconds, (epoch.CreatedAt - events[0].CreatedAt).TotalMilliseconds));
        }

        foreach (var (pickUp, firstBatch) in waits)
            TestContext.Current.TestOutputHelper!.WriteLine($"submit -> running {pickUp:F0} ms, submit -> first epoch {firstBatch:F0} ms");
        // The median, because the machine that tests share has its own moods.
        Assert.True(waits.Select(wait => wait.FirstBatch).Order().ElementAt(2) < 3_000);
        Assert.True(waits.Select(wait => wait.PickUp).Order().ElementAt(2) < 200);
    }
}
