using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrainingService.Client;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Benchmarks.Load;

/// <summary>A durable PostgreSQL, the Api program on it, and in this process what a worker has to write with.</summary>
internal sealed class LoadCluster : IAsyncDisposable
{
    private readonly string[] _folders;
    private readonly EmbeddedPostgres _postgres;
    private readonly IHost _domain;

    private LoadCluster(string[] folders, EmbeddedPostgres postgres, IHost domain, ApiProcess api)
    {
        _folders = folders;
        _postgres = postgres;
        _domain = domain;
        Api = api;
        Client = new TrainingServiceClient(api.Address);
    }

    public ApiProcess Api { get; }

    public TrainingServiceClient Client { get; }

    public string ConnectionString => _postgres.ConnectionString;

    public JobStore Store => _domain.Services.GetRequiredService<JobStore>();

    public NpgsqlDataSource Database => _domain.Services.GetRequiredService<NpgsqlDataSource>();

    public static async Task<LoadCluster> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("training-load-").FullName;
        var cluster = AbandonedClusters.NewFolder(); // cleared away by the next run when this one is killed
        var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = cluster }, NullLogger.Instance, CancellationToken.None);
        await DatabaseSetup.PrepareAsync(postgres.ConnectionString, CancellationToken.None);
        var domain = BuildHost(postgres.ConnectionString, folder);
        await domain.StartAsync();
        return new LoadCluster([folder, cluster], postgres, domain, await ApiProcess.StartAsync(postgres.ConnectionString, folder));
    }

    /// <summary>The domain's services in this process.</summary>
    public static IHost BuildHost(string connectionString, string folder, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Training"] = connectionString,
            ["Storage:Root"] = folder,
            ["Datasets:Root"] = Path.Combine(Repository.Root, "deploy", "datasets"),
        });
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTrainingDomain(builder.Configuration);
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    /// <summary>Counts the processor time of the Api, PostgreSQL and this program from now on.</summary>
    public async Task<ProcessorTime> CountProcessorTimeAsync(params (string Name, int ProcessId)[] more) => new(
    [
        ("api", Api.ProcessId), ("postgres", (int)await CountAsync("SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int")),
        ("generator", Environment.ProcessId), .. more,
    ]);

    /// <summary>A queued job.</summary>
    public async Task<Guid> AddAsync(string name)
    {
        var submission = JobSubmission.TryRead(TinyJob.Of(name, trainRows: 256, epochs: 1), Catalog.All, out var violations)
            ?? throw new InvalidOperationException(string.Join('\n', violations));
        return await Store.AddAsync(submission, CancellationToken.None);
    }

    /// <summary>A job that this process holds.</summary>
    public async Task<LoadRun> StartRunAsync(string name)
    {
        var claim = await Store.TryClaimAsync(await AddAsync(name), "load", TimeSpan.FromHours(2), CancellationToken.None)
            ?? throw new InvalidOperationException($"{name} could not be claimed.");
        return new LoadRun(Store, claim.JobId, claim.Attempt);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _domain.StopAsync();
        _domain.Dispose();
        await _postgres.DisposeAsync();
        foreach (var folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private DatasetCatalog Catalog => _domain.Services.GetRequiredService<DatasetCatalog>();
}
