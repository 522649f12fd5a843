using TrainingService.Api.StandAlone;

namespace TrainingService.Api;

/// <summary>Address, limits and patience of the server.</summary>
internal static class Server
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>A spec of a large model is some hundred kilobytes.</summary>
    public const long MaxBodyBytes = 10 * 1024 * 1024;

    public static void ConfigureServer(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(DefaultUrl);
        // Built but not published, the dashboard's files are where they were built.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = WorkerProcess.StopPatience + TimeSpan.FromSeconds(10));
    }

    public static void AddWorkerProcess(this IServiceCollection services, StandAloneOptions options)
    {
        if (!options.StartsWorker)
            return;
        services.AddSingleton(options);
        services.AddHostedService<WorkerProcess>();
    }
}
