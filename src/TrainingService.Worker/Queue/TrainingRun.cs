using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Extensions;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>What every run needs besides its claim.</summary>
internal sealed class TrainingRunFactory(
    JobStore store, IArtifactStore artifacts, DatasetCatalog datasets, EventBell bell, Outage outage, IConfiguration configuration,
    ExtensionOptions extensions, IOptions<WorkerOptions> worker, TimeProvider time)
{
    public TrainingRun Create(Claim claim, Lease lease) =>
        new(claim, lease, new ArtifactPublisher(artifacts, store, outage, time, claim), store, datasets, bell, outage,
            configuration["Storage:Root"]!, extensions, worker.Value, time);
}

/// <summary>One attempt at a job: folder, plan, trainer process, files, verdict.</summary>
internal sealed class TrainingRun(
    Claim claim, Lease lease, ArtifactPublisher publisher, JobStore store, DatasetCatalog datasets, EventBell bell, Outage outage,
    string storageRoot, ExtensionOptions extensions, WorkerOptions options, TimeProvider time)
{
    /// <param name="stopping">This worker goes down: the trainer is asked to stop.</param>
    /// <param name="giveUp">The worker waits no longer.</param>
    public async Task<Verdict> RunAsync(CancellationToken stopping, CancellationToken giveUp)
    {
        using var folder = RunFolder.Create(storageRoot, claim);
        if (TryPlan(folder, out var missing) is not { } plan)
            return new Verdict.Finish(JobStatus.Failed, StopReason.BadData, new JobError("bad_data", $"This worker does not have the data set \"{missing}\"."));
        folder.WritePlan(plan);

        var writer = new EventWriter(store, publisher, folder, outage, claim, options.MaxStderrEvents);
        var stderr = new StderrLog(folder.StderrPath, options.MaxStderrBytes, writer.TryWriteStderr);
        TrainerEnd end;
        using (var trainer = TrainerProcess.Start(claim.JobId, folder.PlanPath, extensions, options.StopDeadline))
        {
            await using var onStopping = stopping.Register(trainer.Stop);
            end = await new TrainerSupervisor(trainer, stderr, writer, bell, lease, time, claim).RunAsync(giveUp);
        }

        var verdict = Verdict.Of(
            end.Result, end.ExitCode, stderr.Tail(), lease.CancelRequested.IsCancellationRequested, stopping.IsCancellationRequested);
        await PublishAsync(plan, stderr, verdict, giveUp);
        return verdict;
    }

    private TrainerPlan? TryPlan(RunFolder folder, out string? missing)
    {
        var names = new[] { claim.Spec.Data.Train, claim.Spec.Data.Validation, claim.Spec.Data.Test }
            .OfType<DataSource>().Select(source => source.Dataset).Distinct().ToList();
        missing = names.Find(name => datasets.Find(name) is null);
        return missing is not null
            ? null
            : new TrainerPlan(
                claim.JobId, claim.Attempt, claim.Spec, [.. names.Select(name => datasets.Find(name)!).Select(found => new Contracts.Trainer.DatasetLocation(found.Info, found.Directory))], folder.OutputDirectory,
                claim.Spec.Resources?.Threads ?? options.ThreadsPerJob ?? Math.Max(1, Environment.ProcessorCount / options.MaxConcurrentJobs),
                Environment.ProcessId);
    }

    /// <summary>The log of a run that left one; of a run that ends the job also its plan and, last, the manifest.</summary>
    private async Task PublishAsync(TrainerPlan plan, StderrLog stderr, Verdict verdict, CancellationToken ct)
    {
        if (!stderr.IsEmpty)
            await PublishAsync(File.OpenRead(stderr.Path), "trainer.log", "log", "text/plain", ct);
        if (verdict is not Verdict.Finish)
            return;

        // Without this machine's folders, which are nobody else's business.
        var published = plan with { OutputDirectory = "output", Datasets = [.. plan.Datasets.Select(dataset => dataset with { Directory = dataset.Info.Name })] };
        await PublishAsync(Json(published), "plan.json", "plan", "application/json", ct);
        var manifest = new RunManifest(
            claim.JobId, claim.Attempt, Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(claim.Spec, ContractsJson.Options))),
            Versions.All, publisher.Published);
        await PublishAsync(Json(manifest), "manifest.json", "manifest", "application/json", ct);
    }

    private async Task PublishAsync(Stream content, string name, string kind, string mediaType, CancellationToken ct)
    {
        await using (content)
        {
            if (!await publisher.TryPublishAsync(content, name, kind, mediaType, ct))
                lease.MarkLost();
        }
        lease.Lost.ThrowIfCancellationRequested();
    }

    private static MemoryStream Json<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, ContractsJson.Options));
}
