using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Supervision;

/// <summary>Holds what was claimed while it is worked on: renews the lease, hears the bells, gives up when this worker goes down.</summary>
internal sealed class LeaseHolder(BellListener bells, IHostApplicationLifetime lifetime, IOptions<WorkerOptions> worker, ILogger<LeaseHolder> logger)
{
    /// <summary>Time after the deadline of a process to store what it left.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);

    /// <summary>Cancelled when this worker goes down.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>The queue takes back at once what it gave out when its own token is cancelled; a worker that goes down begins nothing.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        if (Stopping.IsCancellationRequested)
            await Task.Delay(Timeout.Infinite, ct);
    }

    /// <param name="id">Whose wish to cancel is heard.</param>
    /// <param name="subject">What is held, for the log.</param>
    /// <param name="requested">What somebody asks for already.</param>
    /// <param name="renew">Extends the lease in the database.</param>
    /// <param name="duration">How long it lasts without being renewed.</param>
    /// <param name="work">Is given the lease, and the sign that the worker waits no longer.</param>
    public async Task HoldAsync(
        Guid id, string subject, string? requested, Func<CancellationToken, Task<LeaseState>> renew, TimeSpan duration, Func<Lease, CancellationToken, Task> work)
    {
        await using var lease = new Lease(subject, requested, renew, duration, logger);
        using var subscription = bells.Subscribe(bell =>
        {
            if (bell is ReconnectedBell || (bell is CancelBell asked && asked.JobId == id))
                lease.BeatNow();
        });
        using var giveUp = new CancellationTokenSource();
        await using var onStopping = Stopping.Register(() => giveUp.CancelAfter(worker.Value.StopDeadline + SettleTime));

        try
        {
            await work(lease, giveUp.Token);
        }
        catch (Exception exception) when (lease.Lost.IsCancellationRequested)
        {
            logger.LogWarning("{Subject}: the lease is lost, nothing more is written ({Reason}).", subject, exception.Message);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            logger.LogWarning("{Subject}: left to another worker, the database did not answer in time.", subject);
        }
    }
}
