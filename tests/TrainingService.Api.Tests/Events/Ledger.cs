using System.Security.Cryptography;
using TrainingService.Client;
using TrainingService.Client.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Tests.Events;

/// <summary>What one subscriber got of a job, to be compared with the rows.</summary>
internal sealed class Ledger(TrainingServiceClient client, Guid jobId)
{
    private readonly List<(long Seq, string Hash)> _events = [];

    public int Reconnects { get; private set; }

    public int Count
    {
        get
        {
            lock (_events)
                return _events.Count;
        }
    }

    /// <summary>Clients that come back quickly.</summary>
    public static TrainingServiceClient Client(Uri address) => new(
        new HttpClient { BaseAddress = address },
        new TrainingServiceClientOptions { ServerUrl = address, MinReconnectDelay = TimeSpan.FromMilliseconds(20), MaxReconnectDelay = TimeSpan.FromMilliseconds(500) });

    public async Task FollowAsync(CancellationToken ct)
    {
        await foreach (var e in client.Jobs.EventsAsync(jobId, onStatus: Watch, cancellationToken: ct))
            if (e.Seq is { } seq)
                lock (_events)
                    _events.Add((seq, Hash(e)));
    }

    /// <summary>I16: every row once, in order, as it is stored.</summary>
    public async Task CheckAsync(JobStore store, CancellationToken ct)
    {
        var rows = new List<(long, string)>();
        for (IReadOnlyList<JobEvent> page = await store.ReadEventsAsync(jobId, 0, 1_000, ct); page.Count > 0; page = await store.ReadEventsAsync(jobId, page[^1].Seq!.Value, 1_000, ct))
            rows.AddRange(page.Select(e => (e.Seq!.Value, Hash(e))));
        Assert.Equal(rows, _events);
    }

    private static string Hash(JobEvent e) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(e)));

    private void Watch(StreamStatus status)
    {
        if (status.State == StreamState.Reconnecting)
            Reconnects++;
    }
}
