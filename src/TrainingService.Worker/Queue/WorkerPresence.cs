using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Workers;

namespace TrainingService.Worker.Queue;

/// <summary>Writes down every few seconds that this worker is there and how busy it is; crosses it out at the end.</summary>
internal sealed class WorkerPresence(
    WorkerRegistry registry, WorkerIdentity identity, TrainingRunner runner, IOptions<WorkerOptions> worker, TimeProvider time,
    ILogger<WorkerPresence> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(2);

    /// <summary>Past it a silent worker is taken for gone.</summary>
    public static readonly TimeSpan Silence = 10 * _period;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        do
            await TryAsync("show that this worker is there", ct => registry.SaveAsync(Row(), ct), stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_goodbye);
        await TryAsync("take leave", ct => registry.RemoveAsync(identity.Id, ct), limit.Token);
    }

    private async Task TryAsync(string what, Func<CancellationToken, Task> write, CancellationToken ct)
    {
        try
        {
            await write(ct);
        }
        catch (Exception exception) when (exception.IsDatabaseOutage() || ct.IsCancellationRequested)
        {
            logger.LogDebug(exception, "Could not {What}; others forget a silent worker by themselves.", what);
        }
    }

    private WorkerRow Row() => new()
    {
        Id = identity.Id,
        Host = Environment.MachineName,
        Pid = Environment.ProcessId,
        Version = Versions.All["training_service"],
        Queues = [.. identity.Queues],
        Devices = [.. identity.Devices],
        MaxConcurrentJobs = worker.Value.MaxConcurrentJobs,
        Running = runner.Running,
        StartedAt = identity.StartedAt,
    };
}
