using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I19: a run that was killed, moved and resumed ends with the bytes of one that was not.</summary>
internal sealed class CalmInvariant(ServiceUnderFault service, IReadOnlyList<LedgerEntry> ledger, IReadOnlyDictionary<string, string> calm)
{
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        var kinds = ledger.Where(entry => entry.JobId is not null && calm.ContainsKey(entry.Kind)).ToDictionary(entry => entry.JobId!.Value, entry => entry.Kind);
        var weights = await service.Postgres.QueryAsync(
            $"SELECT j.id, a.sha256, j.attempt FROM jobs j JOIN artifacts a ON a.job_id = j.id AND a.name = '{CalmRun.Weights}' WHERE j.status = 'succeeded'",
            row => (Job: row.GetGuid(0), Sha256: row.GetString(1), Attempt: row.GetInt32(2)), ct);
        return
        [
            .. from row in weights
               where kinds.TryGetValue(row.Job, out var kind) && calm[kind] != row.Sha256
               select $"I19 final weights are those of the calm run. Found: job {row.Job} ({kinds[row.Job]}, {row.Attempt} attempts) {row.Sha256[..12]}, calm {calm[kinds[row.Job]][..12]}",
        ];
    }
}
