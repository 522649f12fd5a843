using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Worker.Queue;

/// <summary>Claims a job, has a trainer process run it, and writes what became of it.</summary>
internal sealed class TrainingRunner(
    JobStore store, TrainingRunFactory runs, TrainingQueue queue, BellListener bells, Outage outage, IHostApplicationLifetime lifetime,
    IOptions<JobOptions> jobs, IOptions<WorkerOptions> worker, ILogger<TrainingRunner> logger) : ITrainingRunner
{
    /// <summary>Time after the trainer's deadline to store what it left.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);

    private static readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    private int _running;

    /// <summary>Whether every slot of this worker is taken.</summary>
    public bool IsBusy => Volatile.Read(ref _running) >= worker.Value.MaxConcurrentJobs;

    public async Task RunAsync(Guid jobId, CancellationToken ct)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await ClaimAndRunAsync(jobId, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task ClaimAndRunAsync(Guid jobId, CancellationToken ct)
    {
        var stopping = lifetime.ApplicationStopping;
        // The queue takes a job back at once whose token it has cancelled; a worker that goes down starts none.
        if (stopping.IsCancellationRequested)
            await Task.Delay(Timeout.Infinite, ct);

        var duration = TimeSpan.FromSeconds(jobs.Value.LeaseSeconds);
        if (await store.TryClaimAsync(jobId, _owner, duration, stopping) is not { } claim)
            return;
        logger.LogInformation("Job {JobId}, attempt {Attempt}: claimed.", jobId, claim.Attempt);

        await using var lease = new Lease(store, claim, duration, logger);
        using var subscription = bells.Subscribe(bell =>
        {
            if (bell is ReconnectedBell || (bell is CancelBell cancel && cancel.JobId == jobId))
                lease.BeatNow();
        });
        using var giveUp = new CancellationTokenSource();
        await using var onStopping = stopping.Register(() => giveUp.CancelAfter(worker.Value.StopDeadline + SettleTime));

        try
        {
            await SettleAsync(claim, await RunAsync(claim, lease, stopping, giveUp.Token), giveUp.Token);
        }
        catch (Exception exception) when (lease.Lost.IsCancellationRequested)
        {
            logger.LogWarning("Job {JobId}, attempt {Attempt}: the lease is lost, nothing more is written ({Reason}).", jobId, claim.Attempt, exception.Message);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            logger.LogWarning("Job {JobId}, attempt {Attempt}: left to another worker, the database did not answer in time.", jobId, claim.Attempt);
        }
    }

    private async Task<Verdict> RunAsync(Claim claim, Lease lease, CancellationToken stopping, CancellationToken giveUp)
    {
        if (lease.CancelRequested.IsCancellationRequested)
            return new Verdict.Finish(JobStatus.Cancelled, StopReason.UserRequest);
        try
        {
            return await runs.Create(claim, lease).RunAsync(stopping, giveUp);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !lease.Lost.IsCancellationRequested)
        {
            logger.LogError(exception, "Job {JobId}, attempt {Attempt}: the worker failed to run it.", claim.JobId, claim.Attempt);
            return new Verdict.HandBack("the worker failed to run it", CountAttempt: true, new JobError("poison", exception.Message));
        }
    }

    private async Task SettleAsync(Claim claim, Verdict verdict, CancellationToken giveUp)
    {
        logger.LogInformation("Job {JobId}, attempt {Attempt}: {Verdict}", claim.JobId, claim.Attempt, verdict);
        switch (verdict)
        {
            case Verdict.Finish(var status, var reason, var error):
                await outage.RetryAsync("finish a job", () => store.TryFinishAsync(claim.JobId, claim.Attempt, status, reason, error, giveUp), giveUp);
                break;
            case Verdict.HandBack(var reason, var countAttempt, var error):
                await outage.RetryAsync(
                    "hand a job back", () => store.TryHandBackAsync(claim.JobId, claim.Attempt, new HandBack(reason, countAttempt, Error: error), giveUp), giveUp);
                queue.Enqueue(claim.Again);
                break;
        }
    }
}
