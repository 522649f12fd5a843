using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TrainingService.Client;

/// <summary>Registration of the client.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Registers <see cref="TrainingServiceClient"/> over an <see cref="IHttpClientFactory"/> client.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Sets the server's address and the rest; null keeps the defaults.</param>
    /// <returns>The HTTP client's builder, for handlers such as authentication.</returns>
    public static IHttpClientBuilder AddTrainingServiceClient(
        this IServiceCollection services, Action<TrainingServiceClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<TrainingServiceClientOptions>()
            .Validate(o => o.ServerUrl.IsAbsoluteUri && o.ServerUrl.Scheme is "http" or "https", "ServerUrl: expected an absolute http or https address.")
            .Validate(o => o.MinReconnectDelay > TimeSpan.Zero && o.MinReconnectDelay <= o.MaxReconnectDelay,
                "MinReconnectDelay: expected more than 0 and at most MaxReconnectDelay.")
            .Validate(o => o.MaxRequestAttempts >= 1, "MaxRequestAttempts: expected at least 1.")
            .Validate(o => o.MaxDownloadAttempts >= 1, "MaxDownloadAttempts: expected at least 1.");
        if (configure is not null)
            options.Configure(configure);
        return services.AddHttpClient(nameof(TrainingServiceClient))
            .AddTypedClient((http, provider) =>
                new TrainingServiceClient(http, provider.GetRequiredService<IOptions<TrainingServiceClientOptions>>().Value));
    }
}
