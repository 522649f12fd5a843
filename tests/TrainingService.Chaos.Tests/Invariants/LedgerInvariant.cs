using System.Net;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I15: what the service acknowledged is there, what it refused is not, and a submission that was repeated made one job.</summary>
internal sealed class LedgerInvariant(ServiceUnderFault service, IReadOnlyList<LedgerEntry> ledger)
{
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        if (ledger.Count == 0)
            return [];
        var violations = new List<string>();
        var deleted = (await service.Postgres.QueryAsync("SELECT id FROM deleted_jobs", row => row.GetGuid(0), ct)).ToHashSet();
        var jobs = (await service.Postgres.QueryAsync("SELECT id, name FROM jobs WHERE name NOT LIKE 'calm-%'", row => (Id: row.GetGuid(0), Name: row.GetString(1)), ct)).ToLookup(job => job.Name, job => job.Id);

        foreach (var entry in ledger)
        {
            var found = jobs[entry.Key].ToList();
            if (found.Count > 1)
                violations.Add($"I15 a submission makes one job. Found: {found.Count} for {entry.Key}: {string.Join(", ", found)}");
            if (entry.Outcome == Outcome.Refused && found.Count > 0)
                violations.Add($"I15 a refused submission makes no job. Found: job {found[0]} for {entry.Key}");
            if (entry.JobId is not { } id || deleted.Contains(id))
                continue;
            if (!found.Contains(id))
                violations.Add($"I15 an acknowledged job is there. Found: no row of job {id} ({entry.Key})");
            using var answer = await service.Http.GetAsync($"v1/jobs/{id}", ct);
            if (answer.StatusCode != HttpStatusCode.OK)
                violations.Add($"I15 an acknowledged job can be read. Found: {(int)answer.StatusCode} for job {id} ({entry.Key})");
        }
        var known = ledger.Select(entry => entry.Key).ToHashSet();
        violations.AddRange(jobs.Where(group => !known.Contains(group.Key)).Select(group => $"I15 nobody but the submitter makes jobs. Found: job {group.First()} named {group.Key}"));
        return violations;
    }
}
