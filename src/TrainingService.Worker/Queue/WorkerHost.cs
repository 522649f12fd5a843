using Hangfire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Extensions;
using TrainingService.Domain.Extensions;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Engine.Extensions;
using TrainingService.Worker.Datasets;
using TrainingService.Worker.Supervision;

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
        // They start in this order: also a worker that still waits for the database gives signs of life and goes with its parent.
        builder.Services.AddHostedService<Liveness>();
        if (args.Contains(ExitWithParentFlag))
            builder.Services.AddHostedService<ExitWithParent>();
        builder.Services.AddHostedService<DatabasePreparation>();

        try
        {
            // Every trainer loads them too; what is wrong with them is said here, before a job is taken.
            var extensions = ExtensionOptions.Read(builder.Configuration);
            SpecExtensions.Load(extensions.Specs);
            ModuleExtensions.Load(extensions.Modules);
            builder.Services.AddTrainingDomain(builder.Configuration).AddTrainingWorker(builder.Configuration);
            using var host = builder.Build();
            var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            try
            {
                await host.RunAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to stop while it waited for the database.
            }
            return 0;
        }
        catch (Exception exception)
        {
            return StartUpErrors.Report(exception);
        }
    }

    /// <summary>The Hangfire server and what it runs; the store and the queue's storage come from the domain.</summary>
    public static IServiceCollection AddTrainingWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkerOptions>().Bind(configuration.GetSection(WorkerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>();
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerQueuesValidator>();
        services.AddSingleton<Outage>();
        services.AddSingleton<StorageSpace>();
        services.AddSingleton<WorkerIdentity>();
        services.AddSingleton(ExtensionOptions.Read(configuration));
        services.AddSingleton<LeaseHolder>();
        services.AddSingleton<VerifiedContents>();
        services.AddSingleton<RunDatasets>();
        services.AddSingleton<SourceFetcher>();
        services.AddSingleton<IngestRunFactory>();
        services.AddSingleton<IngestRunner>();
        services.AddSingleton<IIngestRunner>(provider => provider.GetRequiredService<IngestRunner>());
        services.AddSingleton<TrainingRunFactory>();
        services.AddSingleton<TrainingRunner>();
        services.AddSingleton<ITrainingRunner>(provider => provider.GetRequiredService<TrainingRunner>());
        services.AddHostedService<Sweeper>();
        services.AddHostedService<GarbageCollector>();
        services.AddHostedService<WorkerPresence>();

        // What is under way gets its deadline, then the time to store what it left; only then does the process end.
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>((host, worker) => host.ShutdownTimeout = ShutdownTime(worker.Value) + TimeSpan.FromSeconds(5));
        AddServer(services, (provider, worker) => (TrainingQueue.NamesOf(provider.GetRequiredService<WorkerIdentity>().Queues), worker.MaxConcurrentJobs));
        // Slots of their own: a training of hours must not keep data sets waiting, nor these a training. One that has none serves nothing.
        if (configuration.GetSection(WorkerOptions.Section).GetValue(nameof(WorkerOptions.MaxConcurrentIngests), new WorkerOptions().MaxConcurrentIngests) > 0)
            AddServer(services, (_, worker) => ([IngestQueue.Name], worker.MaxConcurrentIngests));
        return services;
    }

    private static void AddServer(IServiceCollection services, Func<IServiceProvider, WorkerOptions, (IReadOnlyList<string> Queues, int Slots)> serves) =>
        services.AddHangfireServer((provider, server) =>
        {
            var worker = provider.GetRequiredService<IOptions<WorkerOptions>>().Value;
            (var queues, server.WorkerCount) = serves(provider, worker);
            server.Queues = [.. queues];
            server.StopTimeout = ShutdownTime(worker);
            server.ShutdownTimeout = ShutdownTime(worker);
        });

    private static TimeSpan ShutdownTime(WorkerOptions worker) => worker.StopDeadline + LeaseHolder.SettleTime;
}
