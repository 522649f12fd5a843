using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using TrainingService.Api.Problems;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.StandAlone;

/// <summary>
/// What must be there before the first request: in stand-alone mode the data directory and a private PostgreSQL, in every mode a prepared
/// database. It is left in the opposite order after the last request.
/// </summary>
internal sealed class ServiceHome : IAsyncDisposable
{
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);

    private readonly DataDirectoryLock? _lock;
    private readonly EmbeddedPostgres? _postgres;

    private ServiceHome(DataDirectoryLock? held, EmbeddedPostgres? postgres)
    {
        _lock = held;
        _postgres = postgres;
    }

    /// <summary>Opens it and writes what it found (connection string, folders) into the configuration that the services read.</summary>
    public static async Task<ServiceHome> OpenAsync(IConfigurationManager configuration, StandAloneOptions options)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddConsole());
        var logger = logs.CreateLogger<ServiceHome>();
        using var stop = new CancellationTokenSource();
        // Until the host takes the signals over, a stop must still stop PostgreSQL.
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, stop));

        var held = options.IsStandAlone ? DataDirectoryLock.Take(options.DataDirectory) : null;
        EmbeddedPostgres? postgres = null;
        try
        {
            if (options.IsStandAlone)
            {
                postgres = await StartPostgresAsync(Path.Combine(options.DataDirectory, "postgres"), logger, stop.Token);
                configuration["ConnectionStrings:Training"] = postgres.ConnectionString;
                // What the worker, this program's child, would refuse later.
                var ofWorker = configuration["Worker:MemoryPerJobBytes"] ?? MachineMemory.PerJob(configuration.GetValue("Worker:MaxConcurrentJobs", 1)).ToString(CultureInfo.InvariantCulture);
                SetDefault(configuration, "Jobs:MaxMemoryBytes", ofWorker);
            }
            SetDefault(configuration, "Storage:Root", options.DataDirectory);
            SetDefault(configuration, "Datasets:Root", options.DatasetsRoot);
            await PrepareDatabaseAsync(configuration.GetConnectionString("Training")!, logger, stop.Token);
            return new ServiceHome(held, postgres);
        }
        catch (Exception exception)
        {
            if (postgres is not null)
                await postgres.DisposeAsync();
            held?.Dispose();
            if (exception is OperationCanceledException && stop.IsCancellationRequested)
                throw new StartUpException("Stopped before the service had started.", exception);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        _lock?.Dispose();
    }

    private static async Task<EmbeddedPostgres> StartPostgresAsync(string directory, ILogger logger, CancellationToken ct)
    {
        try
        {
            return await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, logger, ct);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or Win32Exception)
        {
            // No programs on this machine, or a server that does not come up: the message names the package or the log.
            throw new StartUpException(exception.Message, exception);
        }
    }

    private static void SetDefault(IConfigurationManager configuration, string key, string? value)
    {
        if (string.IsNullOrEmpty(configuration[key]))
            configuration[key] = value ?? throw new StartUpException($"{key}: expected a folder. Received: nothing.");
    }

    /// <summary>A database that starts together with the service is waited for.</summary>
    private static async Task PrepareDatabaseAsync(string connectionString, ILogger logger, CancellationToken ct)
    {
        using var retry = new PeriodicTimer(RetryPeriod);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await DatabaseSetup.PrepareAsync(connectionString, ct);
                return;
            }
            catch (Exception exception) when (exception.IsDatabaseOutage())
            {
                if (TimeProvider.System.GetElapsedTime(started) >= DatabasePatience)
                    throw new StartUpException($"The database did not answer within {DatabasePatience.TotalSeconds:0} s. {exception.Message}", exception);
                logger.LogWarning("The database does not answer yet: {Message} Trying again.", exception.Message);
            }
            await retry.WaitForNextTickAsync(ct);
        }
    }

    private static void Cancel(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
