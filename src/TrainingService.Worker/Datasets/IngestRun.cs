using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>What every ingest needs besides its claim.</summary>
internal sealed class IngestRunFactory(
    DatasetStore store, IArtifactStore artifacts, VerifiedContents contents, SourceFetcher fetcher, Outage outage, StorageSpace space,
    IConfiguration configuration, IOptions<WorkerOptions> worker, TimeProvider time, ILogger<IngestRun> logger)
{
    private readonly string _all = RunFolder.AllIngests(configuration["Storage:Root"]!);

    public async Task<IngestVerdict> RunAsync(IngestClaim claim, Lease lease, CancellationToken stopping, CancellationToken giveUp)
    {
        using var folder = await space.RetryAsync(
            "make the ingest's folder", () => Task.FromResult(RunFolder.Create(_all, claim.VersionId, claim.Attempt)), giveUp);
        var files = new IngestFiles(artifacts, store, folder, outage, space, claim);
        return await new IngestRun(claim, lease, folder, files, store, contents, fetcher, outage, space, worker.Value, time, logger).RunAsync(stopping, giveUp);
    }
}

/// <summary>One attempt at a version: its files, the inspect process that reads them, what came of it.</summary>
internal sealed class IngestRun(
    IngestClaim claim, Lease lease, RunFolder folder, IngestFiles files, DatasetStore store, VerifiedContents contents, SourceFetcher fetcher,
    Outage outage, StorageSpace space, WorkerOptions options, TimeProvider time, ILogger<IngestRun> logger)
{
    private readonly IngestLimits _limits = IngestLimits.Of(options);

    /// <param name="stopping">This worker goes down.</param>
    /// <param name="giveUp">The worker waits no longer.</param>
    public async Task<IngestVerdict> RunAsync(CancellationToken stopping, CancellationToken giveUp)
    {
        using var before = CancellationTokenSource.CreateLinkedTokenSource(lease.StopRequested, lease.Lost, stopping, giveUp);
        IReadOnlyList<DatasetFile> sources;
        try
        {
            sources = await fetcher.FetchAsync(claim, lease, before.Token);
            if (await LinkAsync(sources, before.Token) is { } damage)
                return new IngestVerdict.Failed(damage);
        }
        catch (DatasetFetchException exception)
        {
            return new IngestVerdict.Failed(exception.Error);
        }
        catch (BuiltInFetchException exception)
        {
            return new IngestVerdict.Failed(exception.Error);
        }
        catch (OperationCanceledException) when (before.IsCancellationRequested)
        {
            lease.Lost.ThrowIfCancellationRequested();
            giveUp.ThrowIfCancellationRequested();
            return lease.StopRequested.IsCancellationRequested ? new IngestVerdict.Cancelled() : new IngestVerdict.HandBack("the worker stops", CountAttempt: false);
        }

        var plan = new IngestPlan(
            [.. sources.Select((file, number) => new IngestFile(folder.SourcePath(number), file.Name))], claim.Options, folder.OutputDirectory,
            _limits.MemoryBytes, (int)_limits.Time.TotalSeconds, Environment.ProcessId, claim.Reference.ToString(), options.IngestThreads ?? Environment.ProcessorCount,
            claim.BuiltIn);
        await space.RetryAsync(
            "write the plan",
            () =>
            {
                folder.WritePlan(plan);
                return Task.FromResult(plan);
            },
            giveUp);
        return await InspectAsync(stopping, giveUp);
    }

    private async Task<DatasetError?> LinkAsync(IReadOnlyList<DatasetFile> sources, CancellationToken ct)
    {
        foreach (var (number, file) in sources.Index())
        {
            if (await contents.LinkAsync(file, folder.SourcePath(number), ct) is { } damage)
                return new DatasetError(DatasetErrorCodes.ChecksumMismatch, $"the stored file is damaged: {damage}", file.Name);
        }
        return null;
    }

    private async Task<IngestVerdict> InspectAsync(CancellationToken stopping, CancellationToken giveUp)
    {
        var stderr = new StderrLog(folder.StderrPath, options.MaxStderrBytes, line => logger.LogInformation("{Dataset}: {Line}", claim.Reference, line));
        // The process keeps its own time and says so; this is for one that does not.
        using var overdue = new CancellationTokenSource(_limits.Time + options.StopDeadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lease.StopRequested, stopping, overdue.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        using var child = await ChildProcess.StartAsync(InspectStart.Of(claim.Reference, folder.PlanPath, _limits, options), options.StopDeadline);
        await using var silence = new SilenceWatch(options.StallTimeout, time);
        var listener = new IngestListener(child, store, files, folder, outage, lease, _limits, claim, time);
        var end = await new ChildSupervisor<IngestMessage>(child, stderr, silence, listener).RunAsync(stop.Token, ended.Token);
        lease.Lost.ThrowIfCancellationRequested();
        return IngestVerdict.Of(
            listener.Result, files.Stored, end, stderr.Tail(), _limits, overdue.IsCancellationRequested, lease.StopRequested.IsCancellationRequested,
            stopping.IsCancellationRequested) switch
        {
            IngestVerdict.Ready ready when Missing(ready.Schema) is { } name => throw new InvalidDataException($"The inspect process did not write {name}."),
            var verdict => verdict,
        };
    }

    /// <summary>A file that the schema speaks of and that did not come.</summary>
    private string? Missing(DatasetSchema schema)
    {
        var stored = files.Stored.Select(file => file.Name).ToHashSet();
        return schema.Splits.Keys.SelectMany(split => schema.Columns.Index().SelectMany(column => (string[])
            [
                DatasetSchema.ValuesFile(split, column.Index),
                .. column.Item.HasOffsets() ? [DatasetSchema.OffsetsFile(split, column.Index)] : Array.Empty<string>(),
            ])).FirstOrDefault(name => !stored.Contains(name));
    }
}
