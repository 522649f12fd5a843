using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I17: with no job running there is no trainer, and nobody has left a dead child unreaped.</summary>
internal static class ProcessInvariant
{
    public static IReadOnlyList<string> Check(ServiceUnderFault service)
    {
        var violations = service.Trainers.Select(trainer => $"I17 a trainer runs for a running job. Found: process {trainer.Id} of job {trainer.JobId}").ToList();
        foreach (var program in service.Workers.Append(service.Api).Where(program => program.IsRunning))
            violations.AddRange(Processes.ChildrenOf(program.Id).Select(child =>
                $"I17 a program has no children left. Found: process {child.Id} of {program.Name}, {(child.IsZombie ? "a zombie" : $"state {child.State}")}"));
        return violations;
    }
}
