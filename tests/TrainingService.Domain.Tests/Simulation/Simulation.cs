using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Simulation;

/// <summary>
/// Workers, users and a sweeper in one thread, on a clock that jumps from one step to the next; everything that happens follows from the
/// seed. Until <see cref="FaultsEnd"/> calls fail before or after they were applied, workers die, stand still or stop, the queue loses and
/// doubles what it carries; then all is calm, paused jobs are resumed, and whatever is left must come to its end.
/// </summary>
internal sealed class Simulation
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan FaultsEnd = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan End = FaultsEnd + TimeSpan.FromMinutes(20);
    public const int Epochs = 4;

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _queuedFor = TimeSpan.FromSeconds(5);

    private readonly Random _random;
    private readonly Mutant _mutant;
    private readonly SimulatedClock _clock = new();
    private readonly PriorityQueue<IEnumerator<TimeSpan>, (TimeSpan At, int Order)> _steps = new();
    private readonly Dictionary<QueueLane, Queue<Guid>> _queue = Enum.GetValues<QueueLane>().ToDictionary(lane => lane, _ => new Queue<Guid>());
    private readonly double _failure;
    private int _order;

    public Simulation(int seed, Mutant mutant)
    {
        (_random, _mutant) = (new Random(seed), mutant);
        _failure = _random.NextDouble() * 0.2;
        Store = new ModelStore(_clock, new JobOptions(), mutant);
        for (var i = _random.Next(1, 4); i > 0; i--)
            Submit();
        for (var worker = _random.Next(1, 4); worker > 0; worker--)
            Start(Worker(), TimeSpan.Zero);
        Start(Sweeper(), TimeSpan.Zero);
        Start(FinalUser(), FaultsEnd);
    }

    public ModelStore Store { get; }

    /// <summary>What workers and users were told, to be held against what is there.</summary>
    public Ledger Ledger { get; } = new();

    public void Run()
    {
        while (_steps.TryDequeue(out var process, out var at) && at.At < End && !IsOver)
        {
            _clock.Now = at.At;
            if (process.MoveNext())
                Schedule(process, at.At + process.Current);
        }
    }

    private bool IsCalm => _clock.Now >= FaultsEnd;

    private bool IsOver => IsCalm && Store.Jobs.Values.All(job => job.Status.IsTerminal());

    private void Submit()
    {
        var job = Store.Add(NewId(), maxAttempts: _random.Next(1, 5), Chance(0.2) ? Seconds(1, 60) : null, (QueueLane)_random.Next(1, 4));
        Ledger.Submitted.Add(job.Id);
        Enqueue(new Offer(job.Id, TrainingQueue.Cpu, job.Lane));
        Start(User(job.Id), Seconds(0, 60));
    }

    private IEnumerable<TimeSpan> Worker()
    {
        while (true)
        {
            if (Dequeue() is not { } id)
            {
                yield return _second;
                continue;
            }
            var claimId = NewId();
            var claim = new Box<ModelClaim?>();
            while (!TryCall(() => Store.TryClaim(id, claimId, Lease), claim))
                yield return _second;
            if (claim.Value is null)
                continue;
            foreach (var pause in Training(id, claim.Value))
            {
                yield return pause;
                if (IsCalm)
                    continue;
                if (Chance(0.05))
                    yield return Seconds(10, 60); // stands still: the lease may be lost meanwhile
                if (Chance(0.03))
                {
                    yield return Seconds(1, 30); // dies; another one starts
                    break;
                }
            }
        }
    }

    /// <summary>A run: heartbeats, epochs, checkpoints, and an end; it stops as soon as a write is refused.</summary>
    private IEnumerable<TimeSpan> Training(Guid id, ModelClaim claim)
    {
        var attempt = claim.Attempt;
        var verdict = claim.Requested == JobRequests.Cancel ? Finish(JobStatus.Cancelled, StopReason.UserRequest) : null;
        for (var epoch = claim.Epoch + 1; epoch <= Epochs && verdict is null; epoch++)
        {
            for (var beat = 0; beat < 2; beat++)
            {
                yield return Seconds(1, 5);
                var beaten = new Box<LeaseState>();
                if (!TryCall(() => Store.Renew(id, attempt, Lease), beaten))
                    continue;
                var lease = beaten.Value!;
                if (!lease.Held)
                    yield break;
                verdict = lease.Requested switch
                {
                    JobRequests.Cancel => Finish(JobStatus.Cancelled, StopReason.UserRequest),
                    JobRequests.Pause => GiveBack(new HandBack("paused", CountAttempt: false)),
                    _ => verdict,
                };
            }
            verdict ??= Trouble();
            var written = new Write(NewId());
            foreach (var pause in Repeat(() => Store.TryAppend(id, attempt, written.Id, epoch), written))
                yield return pause;
            if (!written.Accepted)
                yield break;
            Ledger.Wrote(id, attempt, written.Id);
            var kept = new Write(NewId());
            var best = Chance(0.5);
            foreach (var pause in Repeat(() => Store.TryAddCheckpoint(id, attempt, claim.Checkpoint + epoch - claim.Epoch, epoch, best, kept.Id), kept))
                yield return pause;
            if (!kept.Accepted)
                yield break;
        }
        if (verdict is null)
        {
            var file = new Write(NewId());
            foreach (var pause in Repeat(() => Store.TryAddArtifact(id, attempt, "model", file.Id), file))
                yield return pause;
            if (!file.Accepted)
                yield break;
        }
        foreach (var pause in (verdict ?? Finish(JobStatus.Succeeded, StopReason.Completed))(id, attempt))
            yield return pause;
    }

    /// <summary>What may befall a trainer.</summary>
    private Func<Guid, int, IEnumerable<TimeSpan>>? Trouble() => (IsCalm ? 0 : _random.Next(40)) switch
    {
        1 => Finish(JobStatus.Failed, StopReason.NanLoss),
        2 => GiveBack(new HandBack("died", CountAttempt: true, AttemptOutcome.Crashed)),
        3 => GiveBack(new HandBack("hangs", CountAttempt: true, AttemptOutcome.Stalled)),
        4 => GiveBack(new HandBack("the worker stops", CountAttempt: false)),
        _ => null,
    };

    private Func<Guid, int, IEnumerable<TimeSpan>> Finish(JobStatus final, StopReason reason) => (id, attempt) =>
    {
        var write = new Write(NewId());
        return Repeat(() => Store.TryFinish(id, attempt, final, reason), write, () => Ledger.Ended(id, final));
    };

    private Func<Guid, int, IEnumerable<TimeSpan>> GiveBack(HandBack handBack) => (id, attempt) =>
    {
        var settled = Settled.Lost;
        return Repeat(
            () => (settled = Store.TryHandBack(id, attempt, handBack)) != Settled.Lost, new Write(NewId()),
            () =>
            {
                if (settled == Settled.Queued)
                    Enqueue(new Offer(id, TrainingQueue.Cpu, QueueLane.Again));
            });
    };

    /// <summary>Calls again until there is an answer, as a worker does during an outage.</summary>
    private IEnumerable<TimeSpan> Repeat(Func<bool> call, Write write, Action? accepted = null)
    {
        var answer = new Box<bool>();
        while (!TryCall(call, answer))
        {
            if (_mutant == Mutant.EarlyAcknowledgement)
            {
                answer.Value = true;
                break;
            }
            yield return _second;
        }
        write.Accepted = answer.Value;
        if (answer.Value)
            accepted?.Invoke();
    }

    private IEnumerable<TimeSpan> User(Guid id)
    {
        while (!IsCalm)
        {
            var verb = _random.Next(12);
            var result = new Box<VerbResult>();
            while (!TryCall(() => Do(id, verb), result))
                yield return _second;
            Ledger.Did(id, verb, result.Value!);
            if (result.Value!.Offer is { } offer)
                Enqueue(offer);
            yield return Seconds(1, 60);
        }
    }

    private VerbResult Do(Guid id, int verb) => verb switch
    {
        0 => Store.Cancel(id),
        < 4 => Store.Pause(id),
        < 8 => Store.Resume(id),
        8 when Chance(0.3) => Store.Delete(id),
        9 => Store.Archive(id),
        10 => Store.Unarchive(id),
        _ => new VerbResult(VerbOutcome.NothingToDo),
    };

    private IEnumerable<TimeSpan> FinalUser()
    {
        while (true)
        {
            foreach (var job in Store.Jobs.Values.Where(job => job.Status == JobStatus.Paused || job.Requested == JobRequests.Pause).ToList())
                if (Store.Resume(job.Id).Offer is { } offer)
                    Enqueue(offer);
            yield return _second;
        }
    }

    private IEnumerable<TimeSpan> Sweeper()
    {
        while (true)
        {
            var offers = new Box<IReadOnlyList<Offer>>();
            if (TryCall(() => Store.Sweep(_queuedFor), offers))
                foreach (var offer in offers.Value!)
                    Enqueue(offer);
            yield return TimeSpan.FromSeconds(2);
        }
    }

    /// <summary>A call that may fail before it was applied, or after.</summary>
    private bool TryCall<T>(Func<T> call, Box<T> answer)
    {
        var failure = IsCalm || !Chance(_failure) ? 0 : _random.Next(1, 3);
        if (failure == 1)
            return false;
        var given = call();
        if (failure == 2)
            return false;
        answer.Value = given;
        return true;
    }

    private void Enqueue(Offer offer)
    {
        for (var copies = IsCalm || !Chance(0.1) ? 1 : _random.Next(0, 3); copies > 0; copies--)
            _queue[offer.Lane].Enqueue(offer.JobId);
    }

    private Guid? Dequeue()
    {
        foreach (var lane in _queue.OrderBy(lane => lane.Key))
            if (lane.Value.TryDequeue(out var id))
                return id;
        return null;
    }

    private void Start(IEnumerable<TimeSpan> process, TimeSpan at) => Schedule(process.GetEnumerator(), at);

    private void Schedule(IEnumerator<TimeSpan> process, TimeSpan at) => _steps.Enqueue(process, (at, _order++));

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private TimeSpan Seconds(int from, int to) => TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private sealed class Box<T>
    {
        public T? Value { get; set; }
    }

    private sealed class Write(Guid id)
    {
        public string Id { get; } = id.ToString();

        public bool Accepted { get; set; }
    }
}
