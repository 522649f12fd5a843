using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Problems;

/// <summary>Turns whatever an endpoint throws into problem details: a wrong request, a database that is away, a bug.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the answer; 499 is what the access log shows.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        await Problem.WriteAsync(httpContext, Describe(httpContext, exception));
        return true;
    }

    private ProblemResponse Describe(HttpContext context, Exception exception)
    {
        if (exception is BadHttpRequestException bad)
            return OfRequest(bad);
        if (exception.IsDatabaseOutage())
        {
            logger.LogWarning(exception, "The database did not answer {Method} {Path}.", context.Request.Method, context.Request.Path);
            context.Response.Headers.RetryAfter = DatabaseOutage.RetryAfterSeconds.ToString();
            return UnavailableProblem.Of("The database does not answer. Nothing is lost; try again.");
        }
        logger.LogError(exception, "{Method} {Path} failed.", context.Request.Method, context.Request.Path);
        return Problem.Of(StatusCodes.Status500InternalServerError, "internal_error", "Something broke in the service.",
            "The service's log has the reason under this trace_id.");
    }

    private static ProblemResponse OfRequest(BadHttpRequestException bad) => bad switch
    {
        MalformedJsonException malformed => Problem.Of(StatusCodes.Status400BadRequest, "malformed_json", "The body is not JSON.",
            malformed.Violation.Message, [malformed.Violation]),
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.Of(bad.StatusCode, "body_too_large", "The body is too large.", bad.Message),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problem.Of(bad.StatusCode, "unsupported_media_type", "The body is of another type.", bad.Message),
        { StatusCode: StatusCodes.Status408RequestTimeout } => Problem.Of(bad.StatusCode, "request_timeout", "The body came too slowly.", bad.Message),
        _ when Parameter().Match(bad.Message) is { Success: true } match => InvalidRequest.Of([QueryViolation(match)]),
        _ => Problem.Of(bad.StatusCode, "invalid_request", "The request is wrong.", bad.Message),
    };

    private static Violation QueryViolation(Match match)
    {
        var type = match.Groups["type"].Value.Replace("Nullable<", "", StringComparison.Ordinal).TrimEnd('>');
        var expected = type switch
        {
            "int" or "long" => "a whole number",
            "Guid" => "a UUID",
            "bool" => "true or false",
            _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(type),
        };
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value);
        return new Violation($"?{name}", ViolationCodes.WrongType, $"{name}: expected {expected}. Received: {match.Groups["value"].Value}");
    }

    [GeneratedRegex("^Failed to bind parameter \"(?<type>[^ ]+) (?<name>[^\"]+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Parameter();
}
