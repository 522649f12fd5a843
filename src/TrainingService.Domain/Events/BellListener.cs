using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Events;

/// <summary>
/// Hears the bells of all processes on one connection and passes them to its subscribers. A bell that rang while it was not connected is
/// lost; therefore each connection begins with a <see cref="ReconnectedBell"/>.
/// </summary>
public sealed class BellListener(TrainingConnection database, ILogger<BellListener> log) : BackgroundService
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);

    private ImmutableList<Action<Bell>> _subscribers = [];

    /// <summary>Calls <paramref name="onBell"/> for every bell until disposed. It must return at once; the bells wait for it.</summary>
    public IDisposable Subscribe(Action<Bell> onBell)
    {
        ImmutableInterlocked.Update(ref _subscribers, all => all.Add(onBell));
        return new Subscription(() => ImmutableInterlocked.Update(ref _subscribers, all => all.Remove(onBell)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var retry = new PeriodicTimer(RetryPeriod);
        try
        {
            while (true)
            {
                try
                {
                    await ListenAsync(stoppingToken);
                }
                // InvalidOperationException: the connection broke between two uses and is closed by now.
                catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
                {
                    log.LogWarning(e, "The listener lost its connection and connects again");
                }
                await retry.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAloneAsync("training listener", ct);
        connection.Notification += (_, notification) => Hear(notification.Channel, notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Bell.EventsChannel}; LISTEN {Bell.CancelChannel}; LISTEN {Bell.ProgressChannel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        Pass(new ReconnectedBell());
        while (true)
            await connection.WaitAsync(ct);
    }

    private void Hear(string channel, string payload)
    {
        switch (channel)
        {
            case Bell.EventsChannel:
                foreach (var id in Ids(payload))
                    Pass(new EventsBell(id));
                break;
            case Bell.CancelChannel:
                foreach (var id in Ids(payload))
                    Pass(new CancelBell(id));
                break;
            case Bell.ProgressChannel:
                if (JsonSerializer.Deserialize<JobEvent>(payload, ContractsJson.Options) is { } progress)
                    Pass(new ProgressBell(progress));
                break;
        }
    }

    private void Pass(Bell bell)
    {
        foreach (var subscriber in _subscribers)
        {
            try
            {
                subscriber(bell);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                log.LogError(e, "A subscriber failed on {Bell}; the others go on", bell);
            }
        }
    }

    private IEnumerable<Guid> Ids(string payload)
    {
        foreach (var text in payload.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Guid.TryParse(text, out var id))
                yield return id;
            else
                log.LogWarning("A bell rang for something that is no job's id: {Text}", text);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
