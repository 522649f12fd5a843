using TrainingService.Client;
using TrainingService.Client.Events;
using TrainingService.Contracts.Events;

namespace TrainingService.Benchmarks.Load;

/// <summary>Clients that stream one job, each over a connection of its own, and what each of them got.</summary>
internal sealed class Audience
{
    private readonly List<Listener> _listeners;

    private Audience(List<Listener> listeners) => _listeners = listeners;

    /// <summary>Connections that broke and were made again.</summary>
    public long Reconnects => _listeners.Sum(listener => listener.Reconnects);

    /// <summary>Milliseconds from the making of each live event to its receipt.</summary>
    public IReadOnlyCollection<double> Ages => [.. _listeners.SelectMany(listener => listener.Ages)];

    /// <summary>Connects them, some at a time, until each has the events so far.</summary>
    public static async Task<Audience> JoinAsync(TrainingServiceClient client, Guid jobId, int listeners, long lastSeq)
    {
        var audience = new Audience([.. Enumerable.Range(0, listeners).Select(_ => new Listener(client, jobId))]);
        foreach (var group in audience._listeners.Chunk(50))
        {
            foreach (var listener in group)
                listener.Start();
            await Task.WhenAll(group.Select(listener => listener.ReachesAsync(lastSeq)));
        }
        return audience;
    }

    /// <summary>Done when every one has got that far.</summary>
    public Task ReachAsync(long seq) => Task.WhenAll(_listeners.Select(listener => listener.ReachesAsync(seq)));

    /// <summary>Ages from here on.</summary>
    public void Forget() => _listeners.ForEach(listener => listener.Ages.Clear());

    /// <summary>Events that are missing, came twice or out of order, over all listeners.</summary>
    public long Gaps(long lastSeq) => _listeners.Sum(listener => listener.Gaps + Math.Abs(lastSeq - listener.LastSeq));

    public async Task LeaveAsync()
    {
        foreach (var listener in _listeners)
            await listener.StopAsync();
    }

    private sealed class Listener(TrainingServiceClient client, Guid jobId)
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Lock _gate = new();
        private (long Seq, TaskCompletionSource Reached)? _goal;
        private Task _listening = Task.CompletedTask;

        public long LastSeq { get; private set; }

        public long Gaps { get; private set; }

        public long Reconnects { get; private set; }

        public List<double> Ages { get; } = [];

        public void Start() => _listening = Task.Run(ListenAsync);

        public Task ReachesAsync(long seq)
        {
            lock (_gate)
            {
                var goal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _goal = (seq, goal);
                if (LastSeq >= seq)
                    goal.SetResult();
                return Task.WhenAny(goal.Task, _listening).Unwrap();
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            try
            {
                await _listening;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
        }

        private async Task ListenAsync()
        {
            await foreach (var next in client.Jobs.EventsAsync(jobId, onStatus: Watch, cancellationToken: _stop.Token))
                if (next.Seq is { } seq)
                    Take(seq, next);
        }

        private void Take(long seq, JobEvent next)
        {
            lock (_gate)
            {
                if (next.Data.TryGetProperty("made", out _))
                    Ages.Add(LoadRun.Age(next.Data));
                if (seq != LastSeq + 1)
                    Gaps++;
                LastSeq = seq;
                if (_goal is { } goal && seq >= goal.Seq)
                    goal.Reached.TrySetResult();
            }
        }

        private void Watch(StreamStatus status)
        {
            if (status.State == StreamState.Reconnecting)
                Reconnects++;
        }
    }
}
