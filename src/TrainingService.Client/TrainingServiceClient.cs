using TrainingService.Client.Datasets;
using TrainingService.Client.Events;
using TrainingService.Client.Http;
using TrainingService.Client.Jobs;
using TrainingService.Client.Workers;

namespace TrainingService.Client;

/// <summary>The training service, typed: jobs, their events and files, data sets, workers. Safe for use by many threads.</summary>
public sealed class TrainingServiceClient
{
    private readonly ServiceHttp _http;

    /// <summary>A client over an <see cref="HttpClient"/> whose lifetime is the caller's.</summary>
    /// <param name="http">Its base address may be left out; then <see cref="TrainingServiceClientOptions.ServerUrl"/> is used.</param>
    /// <param name="options">Null takes the defaults, with the HttpClient's base address as the server.</param>
    public TrainingServiceClient(HttpClient http, TrainingServiceClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        options ??= http.BaseAddress is { } address ? new() { ServerUrl = address } : new();
        ServerUrl = WithSlash(http.BaseAddress ?? options.ServerUrl);
        _http = new ServiceHttp(http, ServerUrl, options);
        Jobs = new JobsClient(_http, new EventHub(options, ServerUrl), options);
        Datasets = new DatasetsClient(_http, options);
        Workers = new WorkersClient(_http);
    }

    /// <summary>A client with an <see cref="HttpClient"/> of its own, for programs without dependency injection.</summary>
    /// <param name="serverUrl">Such as <c>http://localhost:5080</c>.</param>
    public TrainingServiceClient(Uri serverUrl)
        : this(new HttpClient(), new TrainingServiceClientOptions { ServerUrl = serverUrl })
    {
    }

    /// <summary>Address of the service, ending in a slash.</summary>
    public Uri ServerUrl { get; }

    /// <summary>Jobs, their events, figures and files.</summary>
    public JobsClient Jobs { get; }

    /// <summary>Data sets that jobs can name.</summary>
    public DatasetsClient Datasets { get; }

    /// <summary>The workers that train.</summary>
    public WorkersClient Workers { get; }

    /// <summary>Whether the service answers that it is ready for jobs; false also when nothing answers.</summary>
    public Task<bool> IsReadyAsync(CancellationToken cancellationToken = default) => _http.IsSuccessAsync("healthz/ready", cancellationToken);

    /// <summary>Returns once the service is ready for jobs.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitReadyAsync(CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await IsReadyAsync(cancellationToken))
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    // Without the slash, relative addresses would replace the last segment of a path base.
    private static Uri WithSlash(Uri address) =>
        address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
}
