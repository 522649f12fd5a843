using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using TrainingService.Api.Problems;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Health;

/// <summary>What an orchestrator asks.</summary>
internal static class HealthApi
{
    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/healthz").WithTags("Health");
        health.MapGet("/live", Live);
        health.MapGet("/ready", Ready);
    }

    /// <summary>Whether the process answers; restart it when it does not.</summary>
    private static Ok<HealthResponse> Live() => TypedResults.Ok(new HealthResponse("live"));

    /// <summary>Whether the service can take requests: the database answers.</summary>
    private static async Task<Results<Ok<HealthResponse>, UnavailableProblem>> Ready(
        NpgsqlDataSource database, ILogger<HealthResponse> logger, HttpContext context, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(DatabaseTimeout);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(limit.Token);
            return TypedResults.Ok(new HealthResponse("ready"));
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is NpgsqlException or OperationCanceledException or TimeoutException))
        {
            logger.LogWarning(exception, "Not ready: the database does not answer.");
            context.Response.Headers.RetryAfter = DatabaseOutage.RetryAfterSeconds.ToString();
            return new UnavailableProblem("The database does not answer.");
        }
    }
}

/// <summary>How the service is.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
internal sealed record HealthResponse(string Status);
