using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>Waits until there is nothing left to do: every job has ended. Paused ones are resumed.</summary>
internal static class Quiescence
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Gives up quietly at the end of its patience: that a job is stuck is for the check to say.</summary>
    public static async Task WaitAsync(ServiceUnderFault service, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (await UnfinishedAsync(service, limit.Token) is { Count: > 0 } unfinished)
            {
                foreach (var (id, _) in unfinished.Where(job => job.Status == "paused"))
                    await ResumeAsync(service, id, limit.Token);
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return;
        }
    }

    private static Task<IReadOnlyList<(Guid Id, string Status)>> UnfinishedAsync(ServiceUnderFault service, CancellationToken ct) => service.Postgres.QueryAsync(
        "SELECT id, status FROM jobs WHERE status NOT IN ('succeeded', 'failed', 'cancelled')", row => (row.GetGuid(0), row.GetString(1)), ct);

    private static async Task ResumeAsync(ServiceUnderFault service, Guid job, CancellationToken ct)
    {
        using var answer = await service.Http.PostAsync($"v1/jobs/{job}/resume", null, ct);
    }
}
