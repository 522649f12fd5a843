using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.Extensions.DependencyInjection;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Queue;

/// <summary>The queue's storage, the same for who puts in and who takes out.</summary>
public static class TrainingQueueStorage
{
    /// <summary>A wake-up is pushed; the poll is for one that was lost. A job whose worker died is handed out again after the sliding timeout.</summary>
    public static PostgreSqlStorageOptions Options => new()
    {
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = TimeSpan.FromSeconds(60),
        // Held for milliseconds, but a killed worker leaves its own: it must be over when what it had fetched comes back, or who fetches that waits for it with its slot.
        DistributedLockTimeout = TimeSpan.FromSeconds(30),
        EnableLongPolling = true,
        QueuePollInterval = TimeSpan.FromMilliseconds(150), // what a wake-up costs at most that came between a look and the next wait
        AllowDegradedModeWithoutStorage = false,
        PrepareSchemaIfNecessary = false, // DatabaseSetup does, once for all processes.
    };

    /// <summary>Registers Hangfire's client and storage on the database of <see cref="TrainingConnection"/>. A server is the worker's to add.</summary>
    /// <remarks>
    /// Hangfire's own registration takes the storage that was made last in the process, which is another's where several services share one.
    /// Of its filters only those count that the runner names: the others (cultures, continuations, statistics by the hour) cost several
    /// statements a job and are about things that this queue does not have.
    /// </remarks>
    public static IServiceCollection AddTrainingQueueStorage(this IServiceCollection services) =>
        services.AddSingleton<JobStorage>(provider => new PostgreSqlStorage(new NpgsqlConnectionFactory(
            provider.GetRequiredService<TrainingConnection>().ForQueue(), Options), Options))
        .AddSingleton<IJobFilterProvider>(new JobFilterProviderCollection(new JobFilterAttributeFilterProvider()))
        .AddHangfire((provider, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseStorage(provider.GetRequiredService<JobStorage>()));
}
