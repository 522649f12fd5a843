using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Simulation;

public enum LifeKind
{
    Time, Claim, Renew, Append, Checkpoint, Artifact, Finish, HandBack, Sweep, Cancel, Pause, Resume, Archive, Unarchive, Delete,
}

/// <summary>Something that is done to a job.</summary>
internal sealed record LifeStep(LifeKind Kind, Guid Job, int Attempt, Guid Write, int Epoch, long Number, bool Flag, string Digest, JobStatus Final, HandBack HandBack);

/// <summary>Steps that make sense most of the time: mostly by the attempt that runs, sometimes by one that is over; repeated now and then.</summary>
internal sealed class RandomLife(Random random, Guid job)
{
    private static readonly (LifeKind Kind, int Weight)[] _weights =
    [
        (LifeKind.Claim, 14), (LifeKind.Time, 10), (LifeKind.Sweep, 10), (LifeKind.Renew, 6), (LifeKind.Append, 8), (LifeKind.Checkpoint, 10),
        (LifeKind.Artifact, 5), (LifeKind.Finish, 3), (LifeKind.HandBack, 9), (LifeKind.Cancel, 2), (LifeKind.Pause, 7), (LifeKind.Resume, 8),
        (LifeKind.Archive, 1), (LifeKind.Unarchive, 1), (LifeKind.Delete, 1),
    ];

    private LifeStep? _last;
    private int _attempt;
    private int _epoch;

    public LifeStep Next()
    {
        if (_last is not null && random.Next(6) == 0)
            return _last;
        var number = ++_epoch;
        return _last = new LifeStep(
            Pick(), job, random.Next(8) == 0 ? Math.Max(1, _attempt - 1) : _attempt, NewId(), number, number, random.Next(2) == 0,
            string.Concat(Enumerable.Repeat(NewId().ToString("N"), 2)), (JobStatus)random.Next((int)JobStatus.Succeeded, (int)JobStatus.Cancelled + 1), HandBack());
    }

    public void Heard(LifeStep step, string answer)
    {
        if (step.Kind == LifeKind.Claim && answer != "none")
            _attempt = int.Parse(answer.Split(' ')[0]);
    }

    private LifeKind Pick()
    {
        var at = random.Next(_weights.Sum(entry => entry.Weight));
        return _weights.First(entry => (at -= entry.Weight) < 0).Kind;
    }

    private HandBack HandBack() => random.Next(5) switch
    {
        0 => new HandBack("the worker stops", CountAttempt: false),
        1 => new HandBack("the trainer hangs", CountAttempt: true, AttemptOutcome.Stalled),
        2 => new HandBack("no room", CountAttempt: false, Delay: TimeSpan.FromSeconds(1_000)),
        3 => new HandBack("the trainer died", CountAttempt: true, AttemptOutcome.Crashed, TimeSpan.Zero, 137),
        _ => new HandBack("the trainer died", CountAttempt: true, AttemptOutcome.Crashed, ExitCode: 139, Error: new JobError("crashed", "signal 11")),
    };

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
