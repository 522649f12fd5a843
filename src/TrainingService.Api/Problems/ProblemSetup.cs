namespace TrainingService.Api.Problems;

/// <summary>Every answer that is not a success is a problem, whoever gives it.</summary>
internal static class ProblemSetup
{
    public static void AddProblems(this IServiceCollection services)
    {
        // Else a wrong parameter gives an empty 400 in Production.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ProblemExceptionHandler>();
    }

    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // Never reached: the handler describes every exception. It is what the middleware asks for.
            ExceptionHandler = context => Problem.WriteAsync(context, Problem.Of(context.Response.StatusCode, "internal_error", "Something broke in the service.")),
            // A wrong request is the caller's, not an error in our log.
            SuppressDiagnosticsCallback = _ => true,
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages(StatusProblems.WriteAsync);
        app.Use(async (context, next) =>
        {
            await next(context);
            // A file's answer to a range outside it still describes the file, which would keep the problem out.
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status416RangeNotSatisfiable } response)
            {
                response.ContentLength = null;
                response.ContentType = null;
                response.Headers.ContentDisposition = default;
            }
        });
    }
}
