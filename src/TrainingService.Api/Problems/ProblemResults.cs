using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Problems;

/// <summary>A problem as one outcome in an endpoint's signature; each leaf tells its status to the API's description.</summary>
internal abstract class ProblemResult(ProblemResponse problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext) => Problem.WriteAsync(httpContext, problem);

    protected static ProducesResponseTypeMetadata Produces(int status) => new(status, typeof(ProblemResponse), [Problem.ContentType]);
}

/// <summary>400: the request is wrong; everything that is wrong with it is listed.</summary>
internal sealed class InvalidRequest(params IReadOnlyList<Violation> violations) : ProblemResult(Of(violations)), IEndpointMetadataProvider
{
    public static ProblemResponse Of(IReadOnlyList<Violation> violations) =>
        Problem.Of(StatusCodes.Status400BadRequest, "invalid_request", "The request is wrong.",
            violations.Count == 1 ? "One thing is wrong." : $"{violations.Count} things are wrong.", violations);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status400BadRequest));
}

/// <summary>404: what the address names does not exist.</summary>
internal sealed class NotFoundProblem(string detail, string code = "not_found", string? hint = null) :
    ProblemResult(Problem.Of(StatusCodes.Status404NotFound, code, "There is no such thing.", hint is null ? detail : $"{detail} {hint}")),
    IEndpointMetadataProvider
{
    public static NotFoundProblem Job(Guid id) => new($"There is no job {id}.", "job_not_found");

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status404NotFound));
}

/// <summary>409: the request does not fit what is there now; the detail says what was expected and what it is.</summary>
internal sealed class ConflictProblem(string detail, string subject = "the job") :
    ProblemResult(Problem.Of(StatusCodes.Status409Conflict, "conflict", $"The request does not fit the state of {subject}.", detail)),
    IEndpointMetadataProvider
{
    /// <param name="expected">What the job would have to be.</param>
    public static ConflictProblem Of(Guid id, string expected, JobResponse job)
    {
        var status = JsonNamingPolicy.SnakeCaseLower.ConvertName(job.Status.ToString());
        return new($"Job {id}: expected {expected}. Received: it is {status}{(job.Requested is { } wish ? $", and {wish} is requested" : "")}.");
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status409Conflict));
}

/// <summary>422: an <c>Idempotency-Key</c> that came with another request before.</summary>
internal sealed class KeyReusedProblem(string key) :
    ProblemResult(Problem.Of(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "The Idempotency-Key was used for another request.",
        $"Expected the request that came with Idempotency-Key \"{key}\" before, or a new key. Received: another address or body.")),
    IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status422UnprocessableEntity));
}

/// <summary>503: come back later.</summary>
internal sealed class UnavailableProblem(string detail) :
    ProblemResult(Of(detail)), IEndpointMetadataProvider
{
    public static ProblemResponse Of(string detail) =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", "The service cannot answer at the moment.", detail);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status503ServiceUnavailable));
}
