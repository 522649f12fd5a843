using System.Diagnostics;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Problems;

/// <summary>Problem details as this service writes them: every violation, a stable code, and the trace to find in the logs.</summary>
internal static class Problem
{
    public const string ContentType = "application/problem+json";

    public static ProblemResponse Of(int status, string code, string title, string? detail = null, IReadOnlyList<Violation>? errors = null) =>
        new($"urn:training-service:problem:{code}", title, status, code, detail, errors, TraceId: null);

    public static async Task WriteAsync(HttpContext context, ProblemResponse problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            problem with { TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier },
            ContractsJson.Options, context.RequestAborted);
    }
}
