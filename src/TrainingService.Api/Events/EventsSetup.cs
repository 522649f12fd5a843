using TrainingService.Contracts.Json;

namespace TrainingService.Api.Events;

internal static class EventsSetup
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventRows>();
        services.AddSingleton<EventRelay>().AddHostedService(provider => provider.GetRequiredService<EventRelay>());
        services.AddSingleton<JobListFeed>().AddHostedService(provider => provider.GetRequiredService<JobListFeed>());
        services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions = ContractsJson.Options);
    }
}
