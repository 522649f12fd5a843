using TrainingService.Client.Events;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Dashboard.Jobs;

/// <summary>One line of the log.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Level"><c>info</c>, <c>warning</c>, <c>error</c>, or <c>status</c> for what happened to the job itself.</param>
/// <param name="Text">For people.</param>
public sealed record LogLine(DateTimeOffset At, string Level, string Text);

/// <summary>A point of a training curve inside an epoch: the running mean since the epoch began.</summary>
/// <param name="At">Epochs done, with the fraction of the one under way.</param>
/// <param name="Logs">Figures by name.</param>
public sealed record RunningPoint(double At, IReadOnlyDictionary<string, double?> Logs);

/// <summary>What the page of a job shows, made from the job and its events; applying the same events again gives the same view.</summary>
public sealed class JobView
{
    private const int MaxLogLines = 2_000;
    private const int MaxRunningPoints = 4_000;

    private readonly List<EpochEndEvent> _epochs = [];
    private readonly List<RunningPoint> _running = [];
    private readonly Queue<LogLine> _log = new();
    private readonly SortedDictionary<string, ArtifactEvent> _artifacts = new(StringComparer.Ordinal);

    /// <summary>Number of the last event applied.</summary>
    public long Seq { get; private set; }

    /// <summary>Increases with everything that changes the curves.</summary>
    public int CurvesVersion { get; private set; }

    /// <summary>Number of the last event after which the job itself is worth reading again: its status or its checkpoints changed.</summary>
    public long Changes { get; private set; }

    public JobStatus Status { get; private set; }

    public string? Phase { get; private set; }

    public string? Requested { get; private set; }

    public string? StopReason { get; private set; }

    public JobError? Error { get; private set; }

    public int Attempt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public ModelEvent? Model { get; private set; }

    public ProgressEvent? Progress { get; private set; }

    public EvaluationEvent? Evaluation { get; private set; }

    /// <summary>Finished epochs of the visible run, in order.</summary>
    public IReadOnlyList<EpochEndEvent> Epochs => _epochs;

    public IReadOnlyList<RunningPoint> Running => _running;

    public IReadOnlyCollection<LogLine> Log => _log;

    public IReadOnlyCollection<ArtifactEvent> Artifacts => _artifacts.Values;

    public bool IsTerminal => Status.IsTerminal();

    /// <summary>Names of the figures that have a curve: loss first, then the metrics.</summary>
    public IEnumerable<string> CurveNames => _epochs.SelectMany(epoch => epoch.Logs.Keys)
        .Concat(Progress?.Logs.Keys ?? [])
        .Where(name => name is not ("learning_rate" or "lr"))
        .Select(name => name.StartsWith("val_", StringComparison.Ordinal) ? name[4..] : name)
        .Distinct()
        .OrderBy(name => name == "loss" ? 0 : 1);

    /// <summary>What the service says of the job as a whole; later events refine it.</summary>
    public void Apply(JobResponse job)
    {
        Status = job.Status;
        Phase = job.Phase is { } phase ? Shell.Format.Words(phase) : null;
        Requested = job.Requested;
        StopReason = job.StopReason is { } reason ? Shell.Format.Words(reason) : null;
        Error = job.Error;
        Attempt = job.Attempt;
        StartedAt = job.StartedAt;
        EndedAt = job.EndedAt;
    }

    public void Apply(JobEvent jobEvent)
    {
        Seq = jobEvent.Seq ?? Seq;
        Attempt = Math.Max(Attempt, jobEvent.Attempt);
        if (jobEvent.Type is EventTypes.Status or EventTypes.Checkpoint or EventTypes.Terminal)
            Changes = Seq;
        switch (jobEvent.Type)
        {
            case EventTypes.Status:
                Apply(jobEvent.As<StatusEvent>(), jobEvent);
                break;
            case EventTypes.Model:
                Model = jobEvent.As<ModelEvent>();
                break;
            case EventTypes.EpochBegin:
                Rewind(jobEvent.As<EpochBeginEvent>().Epoch);
                break;
            case EventTypes.Progress:
                Apply(jobEvent.As<ProgressEvent>());
                break;
            case EventTypes.EpochEnd:
                Apply(jobEvent.As<EpochEndEvent>());
                break;
            case EventTypes.Resumed:
                var resumed = jobEvent.As<ResumedEvent>();
                Add(jobEvent, "status", $"goes on from checkpoint {resumed.Checkpoint}, after epoch {resumed.FromEpoch}{(resumed.Step > 0 ? $" and {resumed.Step:N0} batches" : "")}");
                break;
            case EventTypes.Evaluation:
                Evaluation = jobEvent.As<EvaluationEvent>();
                break;
            case EventTypes.Log:
                var log = jobEvent.As<LogEvent>();
                Add(jobEvent, log.Level, log.Message);
                break;
            case EventTypes.Artifact:
                var artifact = jobEvent.As<ArtifactEvent>();
                _artifacts[artifact.Name] = artifact;
                break;
            case EventTypes.Terminal:
                Apply(jobEvent.As<TerminalEvent>(), jobEvent);
                break;
            default:
                break;
        }
    }

    private void Apply(StatusEvent status, JobEvent jobEvent)
    {
        // An event that was stored before the job was read must not turn the clock back.
        if (EndedAt is null && Enum.TryParse<JobStatus>(status.Status, ignoreCase: true, out var parsed))
        {
            if (parsed == JobStatus.Running && Status != JobStatus.Running)
                StartedAt = jobEvent.CreatedAt;
            Status = parsed;
            Phase = status.Phase;
            Requested = status.Requested;
            if (parsed != JobStatus.Running)
                Progress = null;
        }
        var words = status.Requested is { } requested ? $"{requested} requested" : status.Phase is { } phase ? $"{status.Status}, {phase}" : status.Status;
        Add(jobEvent, "status", status.Reason is null ? words : $"{words} ({status.Reason})");
    }

    private void Apply(ProgressEvent progress)
    {
        // Progress is not numbered: one that comes after its epoch's end is stale.
        if (_epochs.Count > 0 && progress.Epoch <= _epochs[^1].Epoch)
            return;
        Progress = progress;
        var at = progress.Epoch - 1 + (progress.Steps > 0 ? (double)progress.Step / progress.Steps : 0);
        if (_running.Count > 0 && at <= _running[^1].At)
            return;
        if (_running.Count == MaxRunningPoints)
            _running.RemoveRange(0, MaxRunningPoints / 4);
        _running.Add(new RunningPoint(at, progress.Logs));
        CurvesVersion++;
    }

    private void Apply(EpochEndEvent epoch)
    {
        _epochs.RemoveAll(other => other.Epoch >= epoch.Epoch);
        _epochs.Add(epoch);
        CurvesVersion++;
    }

    private void Apply(TerminalEvent terminal, JobEvent jobEvent)
    {
        if (Enum.TryParse<JobStatus>(terminal.Status, ignoreCase: true, out var status))
            Status = status;
        (Phase, Requested, Progress) = (null, null, null);
        StopReason = terminal.StopReason.Replace('_', ' ');
        Error = terminal.Error;
        EndedAt ??= jobEvent.CreatedAt;
        Add(jobEvent, "status", $"{terminal.Status} ({StopReason})");
    }

    /// <summary>A later attempt that begins an epoch again replaces what an earlier one did from there.</summary>
    private void Rewind(int epoch)
    {
        Evaluation = null;
        if (_epochs.RemoveAll(other => other.Epoch >= epoch) + _running.RemoveAll(point => point.At >= epoch - 1) == 0)
            return;
        Progress = null;
        CurvesVersion++;
    }

    private void Add(JobEvent jobEvent, string level, string text)
    {
        if (_log.Count == MaxLogLines)
            _log.Dequeue();
        _log.Enqueue(new LogLine(jobEvent.CreatedAt, level, text));
    }
}
