using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainingService.Client.Http;
using TrainingService.Contracts.Events;

namespace TrainingService.Client.Events;

/// <summary>Streams over the hub that survive their connections.</summary>
internal sealed class EventStream(EventHub hub)
{
    /// <summary>A job's events after a number, each exactly once and in order, over as many connections as it takes.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="after">Number of the last event that the caller has; 0 from the beginning.</param>
    /// <param name="endedAsync">Whether the job has ended with no event after this number; throws when asking again is in vain.</param>
    /// <param name="onStatus">Told about the connection.</param>
    /// <param name="ct">Ends the stream.</param>
    public async IAsyncEnumerable<JobEvent> EventsAsync(
        Guid jobId, long after, Func<long, CancellationToken, Task<bool>> endedAsync, Action<StreamStatus>? onStatus, [EnumeratorCancellation] CancellationToken ct)
    {
        var seq = after;
        long? gap = null;
        var backoff = new Backoff(hub.Options);
        onStatus?.Invoke(new StreamStatus(StreamState.Connecting));
        while (true)
        {
            Exception? failure = null;
            await using (var stream = new HubStream<JobEvent>(hub, ct))
            {
                failure = await TryAsync(() => stream.StartAsync("Events", jobId, seq), ct);
                if (failure is null)
                    onStatus?.Invoke(new StreamStatus(StreamState.Live));
                while (failure is null)
                {
                    JobEvent? next = null;
                    failure = await TryAsync(async () => next = await stream.NextAsync(), ct);
                    if (next is null)
                        break;
                    backoff.Reset();
                    if (next.Seq is { } number)
                    {
                        if (number <= seq)
                            continue;
                        if (number != seq + 1)
                        {
                            failure = new InvalidDataException($"Job {jobId}: expected event {seq + 1}. Received: event {number}.");
                            if (gap == seq)
                                throw failure;
                            gap = seq;
                            break;
                        }
                        seq = number;
                    }
                    yield return next;
                    if (next.Type == EventTypes.Terminal)
                        yield break;
                }
            }
            if (await endedAsync(seq, ct))
                yield break;
            await PauseAsync(backoff, failure, onStatus, ct);
        }
    }

    /// <summary>What a hub method streams, connected again whenever the connection breaks; what was sent in between is lost.</summary>
    public async IAsyncEnumerable<T> ChangesAsync<T>(
        string method, Action<StreamStatus>? onStatus, [EnumeratorCancellation] CancellationToken ct) where T : class
    {
        var backoff = new Backoff(hub.Options);
        onStatus?.Invoke(new StreamStatus(StreamState.Connecting));
        while (true)
        {
            Exception? failure = null;
            await using (var stream = new HubStream<T>(hub, ct))
            {
                failure = await TryAsync(() => stream.StartAsync(method), ct);
                if (failure is null)
                    onStatus?.Invoke(new StreamStatus(StreamState.Live));
                while (failure is null)
                {
                    T? next = null;
                    failure = await TryAsync(async () => next = await stream.NextAsync(), ct);
                    if (next is null)
                        break;
                    backoff.Reset();
                    yield return next;
                }
            }
            await PauseAsync(backoff, failure, onStatus, ct);
        }
    }

    /// <summary>Whatever breaks a connection is a reason to connect again, and is reported; the caller's cancellation and unreadable data are not.</summary>
    private static async Task<Exception?> TryAsync(Func<Task> step, CancellationToken ct)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && exception is not JsonException)
        {
            return exception;
        }
    }

    private static async Task PauseAsync(Backoff backoff, Exception? failure, Action<StreamStatus>? onStatus, CancellationToken ct)
    {
        var pause = backoff.Next();
        onStatus?.Invoke(new StreamStatus(StreamState.Reconnecting, failure, pause));
        await Task.Delay(pause, ct);
    }
}
