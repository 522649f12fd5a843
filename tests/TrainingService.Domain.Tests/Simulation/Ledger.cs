using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Simulation;

/// <summary>What was promised from outside, held against the store at the end.</summary>
internal sealed class Ledger
{
    private readonly List<(Guid Job, int Attempt, object Write)> _writes = [];
    private readonly Dictionary<Guid, JobStatus> _ends = [];
    private readonly HashSet<Guid> _cancelled = [];
    private readonly HashSet<Guid> _deleted = [];

    public List<Guid> Submitted { get; } = [];

    public void Wrote(Guid job, int attempt, object write) => _writes.Add((job, attempt, write));

    public void Ended(Guid job, JobStatus final) => _ends[job] = final;

    public void Did(Guid job, int verb, VerbResult result)
    {
        if (result is { Outcome: VerbOutcome.Done, Status: JobStatus.Cancelled })
            _cancelled.Add(job);
        if (result is { Outcome: VerbOutcome.Done, Status: null } && verb == 8)
            _deleted.Add(job);
    }

    /// <summary>Everything that is not as it must be.</summary>
    public IEnumerable<string> Violations(ModelStore store)
    {
        foreach (var id in Submitted.Where(id => !store.Jobs.ContainsKey(id) && !_deleted.Contains(id) && store.Delete(id).Outcome != VerbOutcome.NothingToDo))
            yield return $"{id} was lost";
        foreach (var id in _deleted.Where(store.Jobs.ContainsKey))
            yield return $"{id} is there after it was deleted";
        foreach (var (id, final) in _ends.Where(end => store.Jobs.TryGetValue(end.Key, out var job) && job.Status != end.Value))
            yield return $"{id}: its worker was told {final}, it is {store.Jobs[id].Status}";
        foreach (var id in _cancelled.Where(id => store.Jobs.TryGetValue(id, out var job) && job.Status != JobStatus.Cancelled))
            yield return $"{id} was cancelled and is {store.Jobs[id].Status}";
        foreach (var (id, attempt, write) in _writes)
        {
            var stored = store.Jobs.TryGetValue(id, out var job) ? job.Events.Count(e => write.Equals(e.Write)) : 1;
            if (stored != 1)
                yield return $"{id}: a write of attempt {attempt} that was acknowledged is there {stored} times";
        }
        foreach (var violation in store.Jobs.Values.SelectMany(Of))
            yield return violation;
    }

    private static IEnumerable<string> Of(ModelJob job)
    {
        if (!job.Status.IsTerminal())
            yield return $"{job.Id} is stuck: {job.Describe()}";
        if (job.Status.IsTerminal() && job.Events[^1].Type != $"terminal {job.Status}")
            yield return $"{job.Id} is {job.Status}, and its last event says {job.Events[^1].Type}";
        if (job.Events.Count(e => e.Type.StartsWith("terminal", StringComparison.Ordinal)) > 1)
            yield return $"{job.Id} ended more than once";
        if (!job.Events.Select(e => e.Seq).SequenceEqual(Enumerable.Range(1, job.Events.Count).Select(n => (long)n)))
            yield return $"{job.Id}: numbers of events have gaps";
        if (job.Events.Where(e => e.Write is not null).GroupBy(e => e.Write).Any(write => write.Count() > 1))
            yield return $"{job.Id}: a write is there twice";
        if (!job.Events.Select(e => e.Attempt).SequenceEqual(job.Events.Select(e => e.Attempt).Order()))
            yield return $"{job.Id}: an attempt wrote after its successor";
        if (job.Attempt - job.Uncounted > job.MaxAttempts)
            yield return $"{job.Id}: {job.Attempt - job.Uncounted} attempts of {job.MaxAttempts}";
        foreach (var (number, attempt) in job.Attempts)
        {
            if (attempt.EndedAt is null)
                yield return $"{job.Id}: attempt {number} was never closed";
            if (job.Events.Any(e => e.Attempt == number && e.Write is not null && e.At > attempt.EndedAt))
                yield return $"{job.Id}: attempt {number} wrote after its end";
            if (job.Attempts.TryGetValue(number + 1, out var next) && next.StartedAt < attempt.EndedAt)
                yield return $"{job.Id}: attempts {number} and {number + 1} ran at once";
        }
        if (job.Status == JobStatus.Succeeded && (job.Epoch != Simulation.Epochs || !job.Artifacts.TryGetValue("model", out var model) || model.Attempt != job.Attempt))
            yield return $"{job.Id} succeeded without its model";
        if (job.Checkpoints.Count > ModelStore.KeepLatest + ModelStore.KeepBest)
            yield return $"{job.Id} keeps {job.Checkpoints.Count} checkpoints";
    }
}
