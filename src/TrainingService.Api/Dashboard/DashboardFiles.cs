namespace TrainingService.Api.Dashboard;

/// <summary>The dashboard's files, and its pages after a hard reload: every page is index.html, whose program reads the address.</summary>
internal static class DashboardFiles
{
    private static readonly PathString[] NotPages = ["/v1", "/hubs", "/swagger", "/healthz", "/_framework", "/_content"];

    /// <summary>
    /// Before routing: an address without an extension that is not the service's own is a page. (A fallback endpoint instead would also
    /// answer wrong methods and unknown addresses below <c>/v1</c>.)
    /// </summary>
    public static IApplicationBuilder UseDashboardPages(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IsPage(context.Request))
            context.Request.Path = "/index.html";
        return next(context);
    });

    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !Path.HasExtension(request.Path.Value)
        && !NotPages.Any(prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
}
