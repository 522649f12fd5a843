using System.Reflection;
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

/// <summary>503: come back later.</summary>
internal sealed class UnavailableProblem(string detail) :
    ProblemResult(Of(detail)), IEndpointMetadataProvider
{
    public static ProblemResponse Of(string detail) =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", "The service cannot answer at the moment.", detail);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(Produces(StatusCodes.Status503ServiceUnavailable));
}
