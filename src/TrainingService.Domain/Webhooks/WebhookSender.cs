using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Webhooks;

/// <summary>
/// Delivers what RemoteMonitor callbacks ask for. Any number of processes may run one: each delivery is one's at a time. A receiver that is
/// slow or away holds up its own webhook only.
/// </summary>
public sealed class WebhookSender : BackgroundService
{
    /// <summary>Standard Webhooks' schedule: how long to wait after each try that failed.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly WebhookStore _store;
    private readonly WebhookHttp _http;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookSender> _logger;

    public WebhookSender(NpgsqlDataSource database, WebhookPolicy policy, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookSender> logger)
    {
        (_store, _http) = (new WebhookStore(database), new WebhookHttp(policy, options));
        (_options, _time, _logger) = (options.Value, time, logger);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval);
        using var free = new SemaphoreSlim(_options.MaxConcurrent);
        var running = new HashSet<Task>();
        do
        {
            try
            {
                while (free.CurrentCount > 0 && await TakeAsync(free.CurrentCount, stoppingToken) is { Count: > 0 } due)
                {
                    foreach (var delivery in due)
                    {
                        await free.WaitAsync(stoppingToken);
                        running.Add(DeliverAsync(delivery, free, stoppingToken));
                    }
                    running.RemoveWhere(task => task.IsCompleted);
                }
            }
            catch (Exception exception) when (exception.IsDatabaseOutage())
            {
                _logger.LogWarning("Webhooks wait for the database: {Reason}", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
        await Task.WhenAll(running);
    }

    /// <summary>One round: takes what is due and delivers it.</summary>
    /// <returns>How many deliveries were tried.</returns>
    internal async Task<int> RoundAsync(CancellationToken ct)
    {
        var due = await TakeAsync(_options.MaxConcurrent, ct);
        await Task.WhenAll(due.Select(delivery => DeliverAsync(delivery, ct)));
        return due.Count;
    }

    private Task<IReadOnlyList<DueDelivery>> TakeAsync(int limit, CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        return _store.TakeAsync(now, now + (2 * _options.Timeout) + TimeSpan.FromSeconds(30), limit, ct);
    }

    private async Task DeliverAsync(DueDelivery delivery, SemaphoreSlim free, CancellationToken ct)
    {
        try
        {
            await DeliverAsync(delivery, ct);
        }
        catch (Exception exception) when (exception.IsDatabaseOutage() || ct.IsCancellationRequested)
        {
            // Not written down: it is sent again later, with the same id.
            _logger.LogWarning("Webhook of job {JobId}, event {Seq}: {Reason}", delivery.JobId, delivery.Seq, exception.Message);
        }
        finally
        {
            free.Release();
        }
    }

    private async Task DeliverAsync(DueDelivery delivery, CancellationToken ct)
    {
        var answer = await _http.SendAsync(delivery, _time.GetUtcNow(), ct);
        var now = _time.GetUtcNow();
        if (answer.Error is not { } error)
        {
            await _store.DeliveredAsync(delivery, now, ct);
            return;
        }
        _logger.LogInformation("Webhook of job {JobId}, event {Seq}, try {Try}: {Error}", delivery.JobId, delivery.Seq, delivery.Tries, error);
        if (answer.Status == (int)HttpStatusCode.Gone)
            await _store.CloseAsync(delivery, now, error, ct);
        else if (delivery.Tries > Pauses.Length)
            await _store.GaveUpAsync(delivery, now, error, ct);
        else
            await _store.FailedAsync(delivery, now + Pauses[delivery.Tries - 1], error, ct);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }
}
