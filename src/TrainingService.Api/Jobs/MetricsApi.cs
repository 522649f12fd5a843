using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>A job's figures per epoch or step, as numbers and as a chart.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/v1/jobs/{id:guid}").WithTags("Metrics");
        jobs.MapGet("/metrics", Get);
        jobs.MapGet("/charts/{metric}", Chart);
    }

    /// <summary>The figures of a job's finished epochs, or of its steps, and of its final evaluation.</summary>
    /// <remarks>
    /// After a crash the epochs and steps that were trained again replace those before it. A figure that is not finite is null and named in <c>non_finite</c>.
    /// A run of more than <c>points</c> entries is thinned, each figure by itself: of every stretch stay its first, smallest, largest and last value.
    /// </remarks>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<MetricsResponse>, InvalidRequest, NotFoundProblem>> Get(
        Guid id, [AsParameters] MetricsQuery query, TrainingDb db, CancellationToken ct)
    {
        if (query.Violations() is { Count: > 0 } violations)
            return new InvalidRequest(violations);
        if (!await db.Jobs.AnyAsync(job => job.Id == id, ct))
            return NotFoundProblem.Job(id);
        var per = query.ReadPer();
        return TypedResults.Ok(await Metrics.ReadAsync(id, new MetricHistory(db, id, per), per, query.Points ?? MetricsQuery.DefaultPoints, ct));
    }

    /// <summary>A Chart.js line configuration of one figure: labels per epoch or step, the training and the validation series.</summary>
    /// <remarks>
    /// Give the answer to <c>new Chart(canvas, config)</c> as it is. Before the first epoch the chart is empty; a run of more than <c>points</c>
    /// epochs or steps is thinned so that the peaks of both lines stay.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <param name="metric">A figure of the epochs' logs: <c>loss</c>, <c>accuracy</c>.</param>
    private static async Task<Results<Ok<ChartResponse>, InvalidRequest, NotFoundProblem>> Chart(
        Guid id, string metric, [AsParameters] MetricsQuery query, TrainingDb db, CancellationToken ct)
    {
        if (query.Violations() is { Count: > 0 } violations)
            return new InvalidRequest(violations);
        if (!await db.Jobs.AnyAsync(job => job.Id == id, ct))
            return NotFoundProblem.Job(id);
        var per = query.ReadPer();
        var (chart, names) = await Metrics.ReadChartAsync(metric, new MetricHistory(db, id, per), per, query.Points ?? MetricsQuery.DefaultPoints, ct);
        return chart is not null
            ? TypedResults.Ok(chart)
            : new NotFoundProblem($"The {query.Per ?? "epoch"}s of job {id} have no \"{metric}\".", "metric_not_found", $"They have: {string.Join(", ", names)}.");
    }
}
