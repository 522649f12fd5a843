using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Workers;

/// <summary>Who trains.</summary>
internal static class WorkersApi
{
    public static void MapWorkers(this IEndpointRouteBuilder app) => app.MapGet("/v1/workers", List).WithTags("Workers");

    /// <summary>The workers that gave a sign of life lately: their queues and devices, and how busy they are.</summary>
    /// <remarks>A worker writes itself down every few seconds; one that stays silent leaves the list.</remarks>
    private static async Task<Ok<IReadOnlyList<WorkerResponse>>> List(TrainingDb db, CancellationToken ct) => TypedResults.Ok<IReadOnlyList<WorkerResponse>>(
        await db.Workers.AsNoTracking().OrderBy(worker => worker.Host).ThenBy(worker => worker.Pid).Select(worker => new WorkerResponse(
            worker.Id, worker.Host, worker.Pid, worker.Version, worker.Queues, worker.Devices, worker.MaxConcurrentJobs, worker.Running,
            worker.StartedAt, worker.SeenAt)).ToListAsync(ct));
}
