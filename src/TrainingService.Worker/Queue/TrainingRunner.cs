using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>Claims a job, has a trainer process run it, and writes what became of it.</summary>
internal sealed class TrainingRunner(
    JobStore store, TrainingRunFactory runs, TrainingQueue queue, WorkerIdentity identity, LeaseHolder holder, Outage outage,
    IOptions<JobOptions> jobs, IOptions<WorkerOptions> worker, TimeProvider time, ILogger<TrainingRunner> logger) : ITrainingRunner
{
    private readonly Slots _slots = new(worker.Value.MaxConcurrentJobs, time);
    private int _running;

    /// <summary>Whether the queue has nothing for this worker.</summary>
    public bool IsIdleFor(TimeSpan span) => _slots.AreIdleFor(span);

    /// <summary>Jobs that it runs.</summary>
    public int Running => Volatile.Read(ref _running);

    public Task RunAsync(Guid jobId, CancellationToken ct) => _slots.HoldAsync(() => ClaimAndRunAsync(jobId, ct));

    private async Task ClaimAndRunAsync(Guid jobId, CancellationToken ct)
    {
        await holder.BeginAsync(ct);
        var stopping = holder.Stopping;
        var duration = TimeSpan.FromSeconds(jobs.Value.LeaseSeconds);
        // The same id again when the answer was lost: the store knows the claim, and no attempt is burnt.
        var claimId = Guid.CreateVersion7();
        if (await outage.RetryAsync("claim a job", () => store.TryClaimAsync(jobId, claimId, identity.Id, duration, stopping), stopping) is not { } claim)
            return;
        logger.LogInformation("Job {JobId}, attempt {Attempt}: claimed.", jobId, claim.Attempt);
        Interlocked.Increment(ref _running);
        try
        {
            await holder.HoldAsync(
                jobId, $"Job {jobId}, attempt {claim.Attempt}", claim.Requested, beat => store.RenewAsync(jobId, claim.Attempt, duration, beat), duration,
                async (lease, giveUp) => await SettleAsync(claim, await RunAsync(claim, lease, stopping, giveUp), giveUp));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<Verdict> RunAsync(Claim claim, Lease lease, CancellationToken stopping, CancellationToken giveUp)
    {
        switch (lease.Requested)
        {
            case JobRequests.Cancel:
                return new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest);
            case JobRequests.Pause:
                return new Verdict.Pause();
        }
        try
        {
            return await runs.RunAsync(claim, lease, stopping, giveUp);
        }
        catch (StorageFullException full)
        {
            return new Verdict.Finish(
                JobStatus.Failed, StopReason.StorageFull,
                new JobError(StopReason.StorageFull.ToText(), full.Message, "Free some room on the disk of Storage:Root, then submit the job again."));
        }
        catch (ChildStartException refused)
        {
            logger.LogError(refused, "Job {JobId}, attempt {Attempt}: the trainer could not be started.", claim.JobId, claim.Attempt);
            return new Verdict.HandBack("the trainer could not be started", AttemptOutcome.Crashed, TrainerExit.NotStarted(refused.Message));
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !lease.Lost.IsCancellationRequested)
        {
            logger.LogError(exception, "Job {JobId}, attempt {Attempt}: the worker failed to run it.", claim.JobId, claim.Attempt);
            return new Verdict.HandBack(
                "the worker failed to run it", AttemptOutcome.Crashed, new JobError(StopReason.Poison.ToText(), exception.Message));
        }
    }

    /// <summary>Writes what becomes of the job. Wishes that changed meanwhile are the store's to see.</summary>
    private async Task SettleAsync(Claim claim, Verdict verdict, CancellationToken giveUp)
    {
        logger.LogInformation("Job {JobId}, attempt {Attempt}: {Verdict}", claim.JobId, claim.Attempt, verdict);
        var settled = await outage.RetryAsync("settle a job", () => WriteAsync(claim, verdict, giveUp), giveUp);
        if (settled == Settled.Lost)
            logger.LogWarning("Job {JobId}, attempt {Attempt}: the lease is lost, its end is not written.", claim.JobId, claim.Attempt);
        else if (settled == Settled.Queued)
            queue.Enqueue(claim.Again); // should that fail, the sweeper finds it
    }

    /// <returns>What became of it; null when it has ended.</returns>
    private async Task<Settled?> WriteAsync(Claim claim, Verdict verdict, CancellationToken ct) => verdict switch
    {
        Verdict.Finish(var status, var reason, var error, var exitCode) =>
            await store.TryFinishAsync(claim.JobId, claim.Attempt, status, reason, error, exitCode, ct) ? null : Settled.Lost,
        Verdict.HandBack back => await store.TryHandBackAsync(
            claim.JobId, claim.Attempt, new HandBack(back.Reason, back.CountAttempt, back.Outcome, Delay: null, back.ExitCode, back.Error, back.AtLimit), ct),
        _ => await store.TryPauseAsync(claim.JobId, claim.Attempt, ct),
    };
}
