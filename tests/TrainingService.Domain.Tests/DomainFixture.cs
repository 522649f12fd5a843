using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests;

/// <summary>A database of the test class's own, with the store, the bell and the listener running on it.</summary>
public sealed class DomainFixture : IAsyncLifetime
{
    public const int MaxAttempts = 3;
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Over as soon as it begins.</summary>
    public static readonly TimeSpan NoLease = TimeSpan.Zero;

    private static readonly Lazy<JobSubmission> Example = new(ReadExample);

    private TestDatabase _database = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public EventBell Bell { get; private set; } = null!;

    public BellListener Listener { get; private set; } = null!;

    public HeartbeatDataSource Heartbeats { get; private set; } = null!;

    public JobStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        Database = NpgsqlDataSource.Create(_database.ConnectionString);
        var connection = new TrainingConnection(_database.ConnectionString);
        Bell = new EventBell(connection, NullLogger<EventBell>.Instance);
        Listener = new BellListener(connection, NullLogger<BellListener>.Instance);
        Heartbeats = new HeartbeatDataSource(connection);
        Store = new JobStore(Database, Heartbeats, Bell, Options.Create(new JobOptions { MaxAttempts = MaxAttempts }), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.StopAsync(CancellationToken.None);
        await Bell.StopAsync(CancellationToken.None);
        await Heartbeats.DisposeAsync();
        await Database.DisposeAsync();
        await _database.DisposeAsync();
    }

    public TrainingDb OpenDb() => new(new DbContextOptionsBuilder<TrainingDb>().UseNpgsql(Database).Options);

    public Task<Guid> AddJobAsync(CancellationToken ct) => Store.AddAsync(Example.Value, ct);

    public async Task<Claim> ClaimAsync(Guid jobId, CancellationToken ct, TimeSpan? lease = null) =>
        await Store.TryClaimAsync(jobId, "worker", lease ?? Lease, ct) ?? throw new InvalidOperationException("expected a claim. Received: none");

    public async Task<TrainingJob> ReadJobAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = OpenDb();
        return await db.Jobs.AsNoTracking().SingleAsync(job => job.Id == jobId, ct);
    }

    /// <summary>The jobs that a sweep puts on the queue again.</summary>
    public async Task<IReadOnlyList<Guid>> SweepAsync(TimeSpan queuedFor, CancellationToken ct) =>
        [.. (await Store.SweepAsync(queuedFor, ct)).Select(offer => offer.JobId)];

    public Task<IReadOnlyList<JobEvent>> ReadEventsAsync(Guid jobId, CancellationToken ct) => Store.ReadEventsAsync(jobId, 0, 10_000, ct);

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    public static NewEvent Log(string message) =>
        new(EventTypes.Log, JsonSerializer.SerializeToElement(new LogEvent("info", message), Contracts.Json.ContractsJson.Options));

    public static JobSubmission ReadExample()
    {
        var catalog = new DatasetCatalog(Path.Combine(Repository.Root, "deploy", "datasets"), NullLogger<DatasetCatalog>.Instance);
        using var body = JsonDocument.Parse(File.ReadAllText(Repository.Example("mnist-quick.json")));
        return JobSubmission.TryRead(body.RootElement, catalog.All, out var violations)
            ?? throw new InvalidOperationException(string.Join('\n', violations));
    }
}
