using Hangfire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Extensions;
using TrainingService.Domain.Extensions;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Engine.Extensions;

namespace TrainingService.Worker.Queue;

/// <summary>The <c>run</c> verb: takes jobs from the queue until it is told to stop.</summary>
public static class WorkerHost
{
    private const string ExitWithParentFlag = "--exit-with-parent";

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = [.. args.Where(arg => arg != ExitWithParentFlag)],
            ContentRootPath = AppContext.BaseDirectory,
        });
        // Every trainer loads them too; what is wrong with them is said here, before a job is taken.
        var extensions = ExtensionOptions.Read(builder.Configuration);
        SpecExtensions.Load(extensions.Specs);
        ModuleExtensions.Load(extensions.Modules);
        builder.Services.AddTrainingDomain(builder.Configuration).AddTrainingWorker(builder.Configuration);
        if (args.Contains(ExitWithParentFlag))
            builder.Services.AddHostedService<ExitWithParent>();

        using var host = builder.Build();
        await PrepareDatabaseAsync(host.Services);
        await host.RunAsync();
        return 0;
    }

    /// <summary>The Hangfire server and what it runs; the store and the queue's storage come from the domain.</summary>
    public static IServiceCollection AddTrainingWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkerOptions>().Bind(configuration.GetSection(WorkerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>();
        services.AddSingleton<Outage>();
        services.AddSingleton(ExtensionOptions.Read(configuration));
        services.AddSingleton<TrainingRunFactory>();
        services.AddSingleton<TrainingRunner>();
        services.AddSingleton<ITrainingRunner>(provider => provider.GetRequiredService<TrainingRunner>());
        services.AddHostedService<Sweeper>();

        // What is under way gets its deadline, then the time to store what it left; only then does the process end.
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>((host, worker) => host.ShutdownTimeout = ShutdownTime(worker.Value) + TimeSpan.FromSeconds(5));
        services.AddHangfireServer((provider, server) =>
        {
            var worker = provider.GetRequiredService<IOptions<WorkerOptions>>().Value;
            server.Queues = [.. TrainingQueue.Names];
            server.WorkerCount = worker.MaxConcurrentJobs;
            server.StopTimeout = ShutdownTime(worker);
            server.ShutdownTimeout = ShutdownTime(worker);
        });
        return services;
    }

    private static TimeSpan ShutdownTime(WorkerOptions worker) => worker.StopDeadline + TrainingRunner.SettleTime;

    private static async Task PrepareDatabaseAsync(IServiceProvider services)
    {
        var database = services.GetRequiredService<TrainingConnection>().ConnectionString;
        await services.GetRequiredService<Outage>().RetryAsync(
            "prepare the database",
            async () =>
            {
                await DatabaseSetup.PrepareAsync(database, CancellationToken.None);
                return database;
            },
            CancellationToken.None);
    }
}
