using TrainingService.Domain.Webhooks;

namespace TrainingService.Api.Jobs;

internal static class JobsSetup
{
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<QueuePlaces>().AddSingleton<LatestProgress>().AddSingleton<TimeLeft>().AddSingleton<JobAnswers>();
        services.AddScoped<JobReader>().AddScoped<JobIntake>();
        services.AddSingleton<QueueFeeder>().AddHostedService(provider => provider.GetRequiredService<QueueFeeder>());
        services.AddHostedService<WarmUp>().AddHostedService<WebhookSender>();
    }
}
