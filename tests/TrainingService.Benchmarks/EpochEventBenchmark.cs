using TrainingService.Client;
using TrainingService.Client.Events;
using TrainingService.Contracts.Events;
using TrainingService.Testing;

namespace TrainingService.Benchmarks;

/// <summary>
/// From the end of an epoch, by the trainer's clock, to its receipt by each of many clients that stream the same job, every one over a
/// connection of its own. All of them are connected before the job starts: it waits behind another one that is then cancelled.
/// </summary>
internal static class EpochEventBenchmark
{
    private const int Subscribers = 100;
    private const int Epochs = 36;

    private static readonly TimeSpan RequestPeriod = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartAsync(worker: Repository.PublishedWorker);
        var jobs = service.Client.Jobs;
        var ahead = await jobs.SubmitAsync(TinyJob.Of("epoch-events-ahead", trainRows: 256, epochs: 100_000));
        await foreach (var jobEvent in jobs.EventsAsync(ahead.Id))
            if (jobEvent.Type == EventTypes.EpochEnd)
                break;
        var job = await jobs.SubmitAsync(TinyJob.Of("epoch-events", trainRows: 512, epochs: Epochs));

        var readers = Enumerable.Range(1, Subscribers).Select(number => new Reader(number, new TrainingServiceClient(service.Address))).ToList();
        var reading = readers.ConvertAll(reader => reader.ReadAsync(job.Id));
        await Task.WhenAll(readers.Select(reader => reader.Connected));
        await jobs.CancelAsync(ahead.Id);

        using var ended = new CancellationTokenSource();
        var requests = MeasureRequestsAsync(service.Address, ended.Token);
        await Task.WhenAll(reading);
        await ended.CancelAsync();

        var lastSeq = (await jobs.GetAsync(job.Id)).LastSeq;
        foreach (var reader in readers)
            reader.Check(lastSeq);
        Report.Latency("epoch_event", [.. readers.SelectMany(reader => reader.Latencies)], await requests);
    }

    /// <summary>Bare requests while the events come.</summary>
    private static async Task<IReadOnlyCollection<double>> MeasureRequestsAsync(Uri address, CancellationToken ended)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var timer = new PeriodicTimer(RequestPeriod);
        List<double> times = [];
        while (!ended.IsCancellationRequested)
        {
            times.Add(await BareRequest.MeasureAsync(http, CancellationToken.None));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return times;
    }

    /// <summary>One client and what it received.</summary>
    private sealed class Reader(int number, TrainingServiceClient client)
    {
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<long> _seqs = [];
        private readonly List<StreamStatus> _breaks = [];

        /// <summary>Done with the first event, which tells that the job is queued.</summary>
        public Task Connected => _connected.Task;

        /// <summary>Milliseconds of every epoch.</summary>
        public List<double> Latencies { get; } = [];

        public async Task ReadAsync(Guid jobId)
        {
            try
            {
                await foreach (var jobEvent in client.Jobs.EventsAsync(jobId, onStatus: Watch))
                    Take(jobEvent, DateTimeOffset.UtcNow);
            }
            catch (Exception exception)
            {
                _connected.TrySetException(exception);
                throw;
            }
        }

        /// <exception cref="InvalidOperationException">An event or an epoch is missing, came twice or out of order, or the connection broke.</exception>
        public void Check(long lastSeq)
        {
            if (!_seqs.SequenceEqual(Enumerable.Range(1, (int)lastSeq).Select(seq => (long)seq)))
                throw new InvalidOperationException($"Client {number}: expected the events 1 to {lastSeq}. Received: {string.Join(' ', _seqs)}.");
            if (Latencies.Count != Epochs)
                throw new InvalidOperationException($"Client {number}: expected {Epochs} epochs. Received: {Latencies.Count}.");
            if (_breaks.Count > 0) // the stream mends a gap by connecting again, which must not be needed
                throw new InvalidOperationException($"Client {number}: expected one connection. Received: {string.Join(", ", _breaks)}.");
        }

        private void Take(JobEvent jobEvent, DateTimeOffset receivedAt)
        {
            if (jobEvent.Seq is { } seq)
                _seqs.Add(seq);
            if (jobEvent.TryAs<EpochEndEvent>() is { } epoch)
                Latencies.Add((receivedAt - (epoch.EndedAt ?? throw new InvalidOperationException("An epoch's end has no instant."))).TotalMilliseconds);
            _connected.TrySetResult();
        }

        private void Watch(StreamStatus status)
        {
            if (status.State == StreamState.Reconnecting)
                _breaks.Add(status);
        }
    }
}
