using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>Claims a version of a data set, has an inspect process read its files, and writes what became of it.</summary>
internal sealed class IngestRunner(
    DatasetStore store, IngestRunFactory runs, IngestQueue queue, WorkerIdentity identity, LeaseHolder holder, Outage outage,
    IOptions<JobOptions> jobs, IOptions<WorkerOptions> worker, TimeProvider time, ILogger<IngestRunner> logger) : IIngestRunner
{
    private readonly Slots _slots = new(worker.Value.MaxConcurrentIngests, time);

    /// <summary>Whether the queue has nothing for this worker.</summary>
    public bool IsIdleFor(TimeSpan span) => _slots.AreIdleFor(span);

    public Task RunAsync(Guid versionId, CancellationToken ct) => _slots.HoldAsync(() => ClaimAndRunAsync(versionId, ct));

    private async Task ClaimAndRunAsync(Guid versionId, CancellationToken ct)
    {
        await holder.BeginAsync(ct);
        var stopping = holder.Stopping;
        var duration = TimeSpan.FromSeconds(jobs.Value.LeaseSeconds);
        // The same id again when the answer was lost: the store knows the claim, and no attempt is burnt.
        var claimId = Guid.CreateVersion7();
        if (await outage.RetryAsync("claim an ingest", () => store.TryClaimAsync(versionId, claimId, identity.Id, duration, stopping), stopping) is not { } claim)
            return;
        logger.LogInformation("{Dataset}, attempt {Attempt}: claimed.", claim.Reference, claim.Attempt);
        await holder.HoldAsync(
            versionId, $"{claim.Reference}, attempt {claim.Attempt}", claim.CancelRequested ? JobRequests.Cancel : null,
            async beat =>
            {
                var state = await store.RenewAsync(versionId, claim.Attempt, duration, beat);
                return new LeaseState(state.Held, state.CancelRequested ? JobRequests.Cancel : null);
            },
            duration,
            async (lease, giveUp) => await SettleAsync(claim, await RunAsync(claim, lease, stopping, giveUp), giveUp));
    }

    private async Task<IngestVerdict> RunAsync(IngestClaim claim, Lease lease, CancellationToken stopping, CancellationToken giveUp)
    {
        if (lease.Requested is not null)
            return new IngestVerdict.Cancelled();
        try
        {
            return await runs.RunAsync(claim, lease, stopping, giveUp);
        }
        catch (StorageFullException full)
        {
            return new IngestVerdict.Failed(new DatasetError(DatasetErrorCodes.StorageFull, full.Message));
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !lease.Lost.IsCancellationRequested)
        {
            logger.LogError(exception, "{Dataset}, attempt {Attempt}: the worker failed to have it read.", claim.Reference, claim.Attempt);
            return new IngestVerdict.HandBack(exception.Message, CountAttempt: true);
        }
    }

    /// <summary>Writes what becomes of the version.</summary>
    private async Task SettleAsync(IngestClaim claim, IngestVerdict verdict, CancellationToken giveUp)
    {
        logger.LogInformation("{Dataset}, attempt {Attempt}: {Verdict}", claim.Reference, claim.Attempt, verdict);
        var settled = await outage.RetryAsync("settle an ingest", () => WriteAsync(claim, verdict, giveUp), giveUp);
        if (settled == IngestSettled.Lost)
            logger.LogWarning("{Dataset}, attempt {Attempt}: the lease is lost, its end is not written.", claim.Reference, claim.Attempt);
        else if (settled == IngestSettled.Queued)
            queue.Enqueue(claim.VersionId); // should that fail, the sweeper finds it
    }

    /// <returns>What became of it; null when it has ended.</returns>
    private async Task<IngestSettled?> WriteAsync(IngestClaim claim, IngestVerdict verdict, CancellationToken ct) => verdict switch
    {
        IngestVerdict.Ready ready => await store.TryFinishAsync(claim.VersionId, claim.Attempt, ready.Schema, ready.Files, ct) ? null : IngestSettled.Lost,
        IngestVerdict.Failed failed => await store.TryFailAsync(claim.VersionId, claim.Attempt, failed.Error, ct) ? null : IngestSettled.Lost,
        IngestVerdict.HandBack back => await store.TryHandBackAsync(claim.VersionId, claim.Attempt, back.Reason, back.CountAttempt, ct),
        _ => await store.TryCancelAsync(claim.VersionId, claim.Attempt, ct) ? null : IngestSettled.Lost,
    };
}
