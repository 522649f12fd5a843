using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Webhooks;
using TrainingService.Domain.Workers;

namespace TrainingService.Domain.Storage;

/// <summary>Everything of this room for a program's services.</summary>
public static class DomainServices
{
    // Every statement is short; one that is not is told so by the server instead of keeping its connection.
    private const int LockSeconds = 10;
    private const int StatementSeconds = 25;

    /// <summary>
    /// Reads <c>ConnectionStrings:Training</c>, <c>Datasets:Root</c> and sections <c>Storage</c> and <c>Jobs</c>.
    /// </summary>
    public static IServiceCollection AddTrainingDomain(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new TrainingConnection(Required(configuration, "ConnectionStrings:Training")));
        services.AddSingleton(provider => NpgsqlDataSource.Create(
            provider.GetRequiredService<TrainingConnection>().WithTimeouts(LockSeconds, StatementSeconds)));
        services.AddSingleton<HeartbeatDataSource>();
        services.AddDbContextFactory<TrainingDb>((provider, db) => db.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IArtifactStore>(provider => new FileArtifactStore(
            Path.Combine(Required(configuration, "Storage:Root"), "artifacts"), provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection("Storage")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddSingleton<ContentCollector>();
        services.AddOptions<DatasetOptions>().Bind(configuration.GetSection("Datasets")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatasetOptions>, DatasetOptionsValidator>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DatasetCatalog>(provider, Required(configuration, "Datasets:Root")));
        services.AddSingleton<DatasetStore>().AddSingleton<UploadStore>().AddSingleton<IngestQueue>().AddSingleton<DatasetResolver>();
        services.AddSingleton<DatasetUrlPolicy>().AddSingleton<DatasetFetcher>();
        services.AddOptions<MirrorOptions>().Bind(configuration.GetSection("Datasets")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MirrorOptions>, MirrorOptionsValidator>().AddSingleton<IValidateOptions<MirrorOptions>, MirrorAddressValidator>();
        services.AddSingleton<BuiltInFetcher>();
        services.AddOptions<JobOptions>().Bind(configuration.GetSection("Jobs")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JobOptions>, JobOptionsValidator>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<EventBell>().AddHostedService(provider => provider.GetRequiredService<EventBell>());
        services.AddSingleton<BellListener>().AddHostedService(provider => provider.GetRequiredService<BellListener>());
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection("Webhooks")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>().AddSingleton<IValidateOptions<WebhookOptions>, WebhookSecretValidator>();
        services.AddSingleton<WebhookPolicy>();
        services.AddTrainingQueueStorage();
        services.AddSingleton<TrainingQueue>();
        return services;
    }

    private static string Required(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } value ? value : throw new StartUpException($"{key}: expected a value. Received: nothing");
}
