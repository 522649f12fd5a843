using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Events;
using TrainingService.Domain.Extensions;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Datasets;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>What every run needs besides its claim.</summary>
internal sealed class TrainingRunFactory(
    JobStore store, IArtifactStore artifacts, RunDatasets datasets, EventBell bell, Outage outage, StorageSpace space,
    IConfiguration configuration, ExtensionOptions extensions, WorkerIdentity identity, IOptions<WorkerOptions> worker, TimeProvider time)
{
    public string StorageRoot { get; } = configuration["Storage:Root"]!;

    public async Task<Verdict> RunAsync(Claim claim, Lease lease, CancellationToken stopping, CancellationToken giveUp)
    {
        using var folder = await space.RetryAsync("make the run's folder", () => Task.FromResult(RunFolder.Create(RunFolder.AllRuns(StorageRoot), claim.JobId, claim.Attempt)), giveUp);
        var publisher = new ArtifactPublisher(artifacts, store, outage, space, time, claim);
        var checkpoints = new CheckpointPublisher(artifacts, store, folder, outage, space, time, claim);
        var writer = new EventWriter(store, publisher, checkpoints, folder, outage, claim, worker.Value.MaxStderrEvents);
        var resume = new ResumeReader(artifacts, folder, writer.WriteAsync, space, claim);
        return await new TrainingRun(claim, lease, folder, publisher, resume, writer, datasets, bell, space, extensions, identity, worker.Value, time)
            .RunAsync(stopping, giveUp);
    }
}

/// <summary>One attempt at a job: where it goes on, plan, trainer process, files, verdict.</summary>
internal sealed class TrainingRun(
    Claim claim, Lease lease, RunFolder folder, ArtifactPublisher publisher, ResumeReader checkpoints, EventWriter writer,
    RunDatasets datasets, EventBell bell, StorageSpace space, ExtensionOptions extensions, WorkerIdentity identity, WorkerOptions options, TimeProvider time)
{
    /// <param name="stopping">This worker goes down: the trainer is asked to stop.</param>
    /// <param name="giveUp">The worker waits no longer.</param>
    public async Task<Verdict> RunAsync(CancellationToken stopping, CancellationToken giveUp)
    {
        var data = await PlaceAsync(giveUp);
        if (data.Complaint is { } complaint)
            return Failed(StopReason.BadData, complaint);
        var memory = RunMemory.Of(claim.Spec, data.Infos, identity.Devices, options);
        if (memory.Refusal is { } refusal)
            return new Verdict.Finish(JobStatus.Failed, StopReason.OutOfMemory, refusal);
        var resume = await FetchAsync(giveUp);
        if (resume.AllDamaged)
            return Failed(StopReason.CorruptCheckpoint, "None of the job's checkpoints can be read; the job's log says what is wrong with each.");
        var plan = Plan(data.Locations, resume, memory);
        await space.RetryAsync(
            "write the plan",
            () =>
            {
                folder.WritePlan(plan);
                return Task.FromResult(plan);
            },
            giveUp);

        var stderr = new StderrLog(folder.StderrPath, options.MaxStderrBytes, writer.TryWriteStderr);
        TrainerEnd end;
        using (var trainer = await ChildProcess.StartAsync(TrainerStart.Of(claim.JobId, folder.PlanPath, extensions, options), options.StopDeadline))
        await using (var silence = new SilenceWatch(SilenceLimit(), time))
        await using (stopping.Register(trainer.Stop))
            end = await new TrainerSupervisor(trainer, stderr, writer, bell, lease, silence, time, claim).RunAsync(giveUp);

        var verdict = Verdict.Of(end, stderr.Tail(), lease.Requested, lease.StopRequested.IsCancellationRequested, stopping.IsCancellationRequested, memory);
        await PublishAsync(plan, stderr, verdict, giveUp);
        return verdict;
    }

    private async Task<PlacedDatasets> PlaceAsync(CancellationToken giveUp)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        return await datasets.PlaceAsync(claim.Spec, folder, ended.Token);
    }

    private async Task<ResumeFiles> FetchAsync(CancellationToken giveUp)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        return await checkpoints.ReadAsync(ended.Token);
    }

    private TimeSpan SilenceLimit() =>
        claim.Spec.Stopping?.MaxSilenceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.StallTimeout;

    private static Verdict.Finish Failed(StopReason reason, string message) =>
        new(JobStatus.Failed, reason, new JobError(Domain.Storage.EnumText.ToText(reason), message));

    private TrainerPlan Plan(IReadOnlyList<Contracts.Trainer.DatasetLocation> data, ResumeFiles resume, RunMemory memory) => new(
        claim.JobId, claim.Attempt, claim.Spec,
        data,
        folder.OutputDirectory,
        claim.Spec.Resources?.Threads ?? options.ThreadsPerJob ?? Math.Max(1, Environment.ProcessorCount / options.MaxConcurrentJobs),
        Environment.ProcessId,
        resume.Files.Count > 0 ? resume.Files[0] : null,
        [.. resume.Files.Skip(1)],
        claim.RunSeconds,
        resume.IsParents,
        memory.LimitBytes);

    /// <summary>The log of a run that left one; of a run that ends the job also its plan and, last, the manifest.</summary>
    private async Task PublishAsync(TrainerPlan plan, StderrLog stderr, Verdict verdict, CancellationToken ct)
    {
        if (!stderr.IsEmpty)
            await PublishAsync(File.OpenRead(stderr.Path), "trainer.log", "log", "text/plain", ct);
        if (verdict is not Verdict.Finish)
            return;

        await PublishAsync(Json(Shown(plan)), "plan.json", "plan", "application/json", ct);
        var manifest = new RunManifest(
            claim.JobId, claim.Attempt, Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(claim.Spec, ContractsJson.Options))),
            Versions.All, publisher.Published);
        await PublishAsync(Json(manifest), "manifest.json", "manifest", "application/json", ct);
    }

    /// <summary>Without this machine's folders, which are nobody else's business.</summary>
    private static TrainerPlan Shown(TrainerPlan plan) => plan with
    {
        OutputDirectory = "output",
        Datasets = [.. plan.Datasets.Select(dataset => dataset with { Directory = dataset.Info.Reference() })],
        Resume = plan.Resume is { } resume ? Shown(resume) : null,
        ResumeFallbacks = [.. plan.ResumeFallbacks!.Select(Shown)],
    };

    private static TrainerCheckpoint Shown(TrainerCheckpoint checkpoint) => checkpoint with { Path = Path.GetFileName(checkpoint.Path) };

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
