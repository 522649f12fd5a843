using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Events;

/// <summary>
/// Tells other processes that a job has news. Rings are collected and sent by one sender on a connection of its own, after the commits
/// they speak of: a <c>NOTIFY</c> inside a transaction would make all commits wait for each other. While the database is away the
/// jobs are remembered and rung for when it is back.
/// </summary>
public sealed class EventBell(TrainingConnection database, ILogger<EventBell> log) : BackgroundService
{
    /// <summary>PostgreSQL takes less than 8,000 bytes.</summary>
    internal const int MaxPayloadBytes = 7_900;
    private const int IdsPerPayload = MaxPayloadBytes / 37;

    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, bool> _events = new();
    private readonly ConcurrentDictionary<Guid, bool> _cancels = new();
    private readonly ConcurrentDictionary<Guid, string> _progress = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The job has new events, committed already.</summary>
    public void Ring(Guid jobId)
    {
        _events[jobId] = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Somebody asked to cancel the job, committed already.</summary>
    public void RingCancel(Guid jobId)
    {
        _cancels[jobId] = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Passes progress on; only the latest of a job waits, and one that is too long is dropped.</summary>
    public void SendProgress(JobEvent progress)
    {
        var json = JsonSerializer.Serialize(progress, ContractsJson.Options);
        if (Encoding.UTF8.GetByteCount(json) > MaxPayloadBytes)
            return;
        _progress[progress.JobId] = json;
        _wake.Writer.TryWrite(true);
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
                    await SendWhileConnectedAsync(stoppingToken);
                }
                // InvalidOperationException: the connection broke between two uses and is closed by now.
                catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
                {
                    log.LogWarning(e, "The bell lost its connection; {Jobs} jobs wait to be rung for", _events.Count);
                }
                await retry.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Rings for what is left, then stops.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_events.IsEmpty && _cancels.IsEmpty)
            return;
        try
        {
            await using var connection = await database.OpenAloneAsync("training bell", cancellationToken);
            await SendAsync(connection, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
        {
            log.LogWarning(e, "The bell stops with {Jobs} jobs not rung for; readers find their rows at the next poll", _events.Count);
        }
    }

    private async Task SendWhileConnectedAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAloneAsync("training bell", ct);
        do
            await SendAsync(connection, ct);
        while (await _wake.Reader.ReadAsync(ct));
    }

    private async Task SendAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await SendIdsAsync(connection, Bell.CancelChannel, _cancels, ct);
        await SendIdsAsync(connection, Bell.EventsChannel, _events, ct);
        foreach (var jobId in _progress.Keys)
            if (_progress.TryRemove(jobId, out var json))
                await NotifyAsync(connection, Bell.ProgressChannel, [json], ct);
    }

    /// <summary>Takes the ids out and rings; what could not be rung is put back.</summary>
    private static async Task SendIdsAsync(
        NpgsqlConnection connection, string channel, ConcurrentDictionary<Guid, bool> waiting, CancellationToken ct)
    {
        var taken = waiting.Keys.Where(id => waiting.TryRemove(id, out _)).ToArray();
        if (taken.Length == 0)
            return;
        try
        {
            await NotifyAsync(connection, channel, taken.Chunk(IdsPerPayload).Select(ids => string.Join(' ', ids)).ToArray(), ct);
        }
        catch
        {
            foreach (var id in taken)
                waiting[id] = true;
            throw;
        }
    }

    private static async Task NotifyAsync(NpgsqlConnection connection, string channel, string[] payloads, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT pg_notify($1, payload) FROM unnest($2) AS payload", connection)
        {
            Parameters = { new() { Value = channel }, new() { Value = payloads } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
