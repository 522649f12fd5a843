using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Tests.Server;

/// <summary>The hub's two streams, from the script.</summary>
public sealed class TrainingHub(Script script) : Hub
{
    public async IAsyncEnumerable<JobEvent> Events(Guid jobId, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        script.Subscriptions.Enqueue(after);
        if (!script.Jobs.TryGetValue(jobId, out var job))
            throw new HubException("not_found");
        var passed = 0L;
        foreach (var item in job.Events)
        {
            passed = item.Seq ?? passed;
            if (passed <= after - script.Repeat || script.LeavesOut(item))
                continue;
            if (passed >= script.HoldBefore)
                await HoldAsync(ct);
            yield return item;
            if (item.Seq is { } seq && script.DropAfter.TryRemove(seq, out _))
            {
                Context.Abort();
                yield break;
            }
        }
    }

    public async IAsyncEnumerable<JobResponse> Jobs([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var job in script.Jobs.Values)
            yield return job.Response;
        await HoldAsync(ct);
    }

    private async Task HoldAsync(CancellationToken ct)
    {
        try
        {
            await script.Release.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            script.StreamStopped.TrySetResult();
            throw;
        }
    }
}
