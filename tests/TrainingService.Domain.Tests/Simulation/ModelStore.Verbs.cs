using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Simulation;

internal sealed partial class ModelStore
{
    public VerbResult Cancel(Guid id) => Apply(id, JobRules.Cancel);

    public VerbResult Pause(Guid id) => Apply(id, JobRules.Pause);

    public VerbResult Resume(Guid id) => Apply(id, JobRules.Resume);

    public VerbResult Archive(Guid id)
    {
        if (!Jobs.TryGetValue(id, out var job))
            return new VerbResult(VerbOutcome.NotFound);
        var outcome = !job.Status.IsTerminal() ? VerbOutcome.Conflict : job.IsArchived ? VerbOutcome.NothingToDo : VerbOutcome.Done;
        job.IsArchived |= job.Status.IsTerminal();
        return new VerbResult(outcome, job.Status, job.Requested);
    }

    public VerbResult Unarchive(Guid id)
    {
        if (!Jobs.TryGetValue(id, out var job))
            return new VerbResult(VerbOutcome.NotFound);
        var outcome = job.IsArchived ? VerbOutcome.Done : VerbOutcome.NothingToDo;
        job.IsArchived = false;
        return new VerbResult(outcome, job.Status, job.Requested);
    }

    public VerbResult Delete(Guid id)
    {
        if (!Jobs.Remove(id))
            return new VerbResult(_deleted.Contains(id) ? VerbOutcome.NothingToDo : VerbOutcome.NotFound);
        _deleted.Add(id);
        return new VerbResult(VerbOutcome.Done);
    }

    public IReadOnlyList<Offer> Sweep(TimeSpan queuedFor)
    {
        var offers = new List<Offer>();
        foreach (var job in Jobs.Values.Where(job => job.Status == JobStatus.Running && job.LeaseUntil < Now))
            TakeFromLost(job, offers);
        if (mutant == Mutant.ForgottenRows)
            return offers;
        foreach (var job in Jobs.Values.Where(job => job.Status == JobStatus.Queued && job.MaxPendingAt <= Now))
            End(job, JobStatus.Failed, StopReason.MaxPending);
        foreach (var job in Jobs.Values.Where(job => job.Status == JobStatus.Queued && job.NotBefore <= Now))
            Offer(job, offers);
        foreach (var job in Jobs.Values.Where(job => job.Status == JobStatus.Queued && job.NotBefore is null && job.OfferedAt < Now - queuedFor))
            Offer(job, offers);
        return offers;
    }

    private void TakeFromLost(ModelJob job, List<Offer> offers)
    {
        var after = JobRules.AfterRun(job.Requested, spent: false);
        Close(job, AttemptOutcome.Lost, fenced: true);
        switch (after)
        {
            case JobStatus.Cancelled:
                End(job, after, StopReason.UserRequest);
                break;
            case JobStatus.Paused:
                PauseNow(job);
                break;
            default:
                Queue(job, notBefore: null);
                offers.Add(OfferOf(job));
                break;
        }
    }

    private void Offer(ModelJob job, List<Offer> offers)
    {
        (job.OfferedAt, job.NotBefore) = (Now, null);
        offers.Add(OfferOf(job));
    }

    private VerbResult Apply(Guid id, Func<JobRules.State, JobRules.Step> verb)
    {
        if (!Jobs.TryGetValue(id, out var job))
            return new VerbResult(VerbOutcome.NotFound);
        var step = verb(new JobRules.State(job.Status, job.Requested));
        if (step.To is not { } to)
            return new VerbResult(step.Outcome, job.Status, job.Requested);
        switch (to.Status)
        {
            case JobStatus.Cancelled:
                End(job, to.Status, StopReason.UserRequest);
                break;
            case JobStatus.Paused:
                PauseNow(job);
                break;
            case JobStatus.Queued:
                Queue(job, notBefore: null);
                job.MaxPendingAt = job.Attempt == 0 ? Now + job.MaxPending : null;
                break;
            default:
                job.Requested = to.Requested;
                Tell(job, $"running {to.Requested}".TrimEnd());
                break;
        }
        return new VerbResult(step.Outcome, to.Status, to.Requested, to.Status == JobStatus.Queued ? OfferOf(job) : null);
    }

    private static Offer OfferOf(ModelJob job) => new(job.Id, TrainingQueue.Cpu, job.Lane);
}
