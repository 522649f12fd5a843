using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Problems;

/// <summary>Problem details as this service writes them: every violation, a stable code, and the trace to find in the logs.</summary>
internal static class Problem
{
    // For people who read it in a terminal: 'x' and not \u0027x\u0027. The media type and nosniff keep it from being taken for HTML.
    private static readonly JsonSerializerOptions Options = new(ContractsJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public const string ContentType = "application/problem+json";

    public static ProblemResponse Of(int status, string code, string title, string? detail = null, IReadOnlyList<Violation>? errors = null) =>
        new($"urn:training-service:problem:{code}", title, status, code, detail, errors, TraceId: null);

    public static async Task WriteAsync(HttpContext context, ProblemResponse problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            problem with { TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier },
            Options, context.RequestAborted);
    }
}
