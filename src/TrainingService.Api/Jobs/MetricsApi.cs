using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>A job's figures per epoch, as numbers and as a chart.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/v1/jobs/{id:guid}").WithTags("Metrics");
        jobs.MapGet("/metrics", Get);
        jobs.MapGet("/charts/{metric}", Chart);
    }

    /// <summary>The figures of a job's finished epochs and of its final evaluation.</summary>
    /// <remarks>After a crash the epochs that were trained again replace those before it. A figure that is not finite is null and named in <c>non_finite</c>.</remarks>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<MetricsResponse>, NotFoundProblem>> Get(Guid id, TrainingDb db, CancellationToken ct) =>
        await db.Jobs.AnyAsync(job => job.Id == id, ct) ? TypedResults.Ok(await EpochHistory.ReadAsync(id, db, ct)) : NotFoundProblem.Job(id);

    /// <summary>A Chart.js line configuration of one figure: labels per epoch, the training and the validation series.</summary>
    /// <remarks>Give the answer to <c>new Chart(canvas, config)</c> as it is. Before the first epoch the chart is empty.</remarks>
    /// <param name="id">Which job.</param>
    /// <param name="metric">A figure of the epochs' logs: <c>loss</c>, <c>accuracy</c>.</param>
    private static async Task<Results<Ok<ChartResponse>, NotFoundProblem>> Chart(Guid id, string metric, TrainingDb db, CancellationToken ct)
    {
        if (!await db.Jobs.AnyAsync(job => job.Id == id, ct))
            return NotFoundProblem.Job(id);
        var metrics = await EpochHistory.ReadAsync(id, db, ct);
        var chart = Charts.Of(metrics, metric);
        return chart.Data.Datasets.Count > 0
            ? TypedResults.Ok(chart)
            : new NotFoundProblem($"The epochs of job {id} have no \"{metric}\".", "metric_not_found", $"They have: {string.Join(", ", Charts.Names(metrics))}.");
    }
}
