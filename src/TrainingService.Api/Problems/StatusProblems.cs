using Microsoft.AspNetCore.Diagnostics;

namespace TrainingService.Api.Problems;

/// <summary>Gives the answers that the framework leaves empty (no such route, wrong method, wrong type) a problem as body.</summary>
internal static class StatusProblems
{
    public static Task WriteAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var (code, title, detail) = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("route_not_found", "There is no such address.", $"Nothing answers at {context.Request.Path}. /swagger lists what does."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "The method does not fit the address.",
                $"{context.Request.Path} does not take {context.Request.Method}. It takes: {context.Response.Headers.Allow}."),
            StatusCodes.Status406NotAcceptable => ("not_acceptable", "No form of the answer is acceptable.", "See /swagger for the media types."),
            StatusCodes.Status413PayloadTooLarge => ("body_too_large", "The body is too large.", "See /swagger for the limit."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported_media_type", "The body is of another type.",
                $"Expected Content-Type: application/json. Received: {(string.IsNullOrEmpty(context.Request.ContentType) ? "none" : context.Request.ContentType)}."),
            StatusCodes.Status416RangeNotSatisfiable => ("range_not_satisfiable", "The range is outside the file.",
                $"Received: {context.Request.Headers.Range}. The file: {context.Response.Headers.ContentRange}."),
            _ => ($"http_{context.Response.StatusCode}", "The request was refused.", null as string),
        };
        return Problem.WriteAsync(context, Problem.Of(context.Response.StatusCode, code, title, detail));
    }
}
