using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
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

    /// <summary>Pauses between attempts are long, so that no test waits them out by accident: tests pass time.</summary>
    public static readonly JobOptions JobOptions = new() { MaxAttempts = MaxAttempts, RetrySeconds = 1_000, LongestRetrySeconds = 86_400 };

    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Over as soon as it begins.</summary>
    public static readonly TimeSpan NoLease = TimeSpan.Zero;

    public static readonly Lazy<JobSubmission> Example = new(ReadExample);

    private TestDatabase _database = null!;

    public string ConnectionString => _database.ConnectionString;

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
        Store = new JobStore(Database, Heartbeats, Bell, Options.Create(JobOptions), TimeProvider.System);
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

    public async Task<Guid> AddJobAsync(
        CancellationToken ct, int? maxAttempts = null, int? maxPending = null, string? queue = null, JobPriority priority = JobPriority.Normal, JobOrigin? origin = null)
    {
        var spec = Example.Value.Spec with
        {
            Retry = new RetrySpec(maxAttempts), Stopping = new StoppingSpec(MaxPendingSeconds: maxPending), Queue = queue ?? "cpu", Priority = priority,
        };
        return (await Store.AddAsync(Example.Value with { Spec = spec }, origin, null, ct)).JobId;
    }

    /// <summary>The store of a process whose clock is wrong.</summary>
    public JobStore StoreAt(TimeSpan offset) => new(Database, Heartbeats, Bell, Options.Create(JobOptions), new WrongClock(offset));

    public async Task<Claim> ClaimAsync(Guid jobId, CancellationToken ct, TimeSpan? lease = null) =>
        await Store.TryClaimAsync(jobId, "worker", lease ?? Lease, ct) ?? throw new InvalidOperationException("expected a claim. Received: none");

    public async Task<TrainingJob> ReadJobAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = OpenDb();
        return await db.Jobs.AsNoTracking().SingleAsync(job => job.Id == jobId, ct);
    }

    /// <summary>The jobs that a sweep puts on the queue again.</summary>
    public async Task<IReadOnlyList<Guid>> SweepAsync(TimeSpan queuedFor, CancellationToken ct) =>
        [.. (await Store.SweepAsync(queuedFor, ["cpu"], ct)).Select(offer => offer.JobId)];

    public Task<IReadOnlyList<JobEvent>> ReadEventsAsync(Guid jobId, CancellationToken ct) => Store.ReadEventsAsync(jobId, 0, 10_000, ct);

    /// <summary>A job with everything that hangs on it, or null when it is gone.</summary>
    public async Task<(TrainingJob Job, List<JobAttempt> Attempts, List<Checkpoint> Checkpoints, List<Artifact> Artifacts)?> TryReadAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = OpenDb();
        if (await db.Jobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == jobId, ct) is not { } job)
            return null;
        return (
            job, await db.Attempts.AsNoTracking().Where(row => row.JobId == jobId).OrderBy(row => row.Attempt).ToListAsync(ct),
            await db.Checkpoints.AsNoTracking().Where(row => row.JobId == jobId).OrderBy(row => row.Number).ToListAsync(ct),
            await db.Artifacts.AsNoTracking().Where(row => row.JobId == jobId).OrderBy(row => row.Name).ToListAsync(ct));
    }

    /// <summary>So much time passes for a job.</summary>
    public Task PassTimeAsync(Guid jobId, TimeSpan time, CancellationToken ct)
    {
        var seconds = time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] instants = ["lease_expires_at", "not_before", "max_pending_at", "offered_at", "started_at"];
        return ExecuteAsync(
            $"UPDATE jobs SET {string.Join(", ", instants.Select(column => $"{column} = {column} - make_interval(secs => {seconds})"))} WHERE id = '{jobId}'", ct);
    }

    public static Artifact Artifact(Guid jobId, string name, string sha256) => new()
    {
        JobId = jobId, Name = name, Attempt = 0, Kind = "model", MediaType = "application/octet-stream", SizeBytes = 10, Sha256 = sha256,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    public static Checkpoint Checkpoint(Guid jobId, long number, int epoch, bool isBest, string sha256) => new()
    {
        JobId = jobId, Number = number, Attempt = 0, Epoch = epoch, Step = 0, IsBest = isBest, Sha256 = sha256, SizeBytes = 20, CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>Events, attempts, files and checkpoints of a job.</summary>
    public async Task<(int Events, int Attempts, int Artifacts, int Checkpoints)> CountRowsAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = OpenDb();
        return (
            await db.Events.CountAsync(row => row.JobId == jobId, ct), await db.Attempts.CountAsync(row => row.JobId == jobId, ct),
            await db.Artifacts.CountAsync(row => row.JobId == jobId, ct), await db.Checkpoints.CountAsync(row => row.JobId == jobId, ct));
    }

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

/// <summary>A wall clock that is off; the monotonic one is right.</summary>
internal sealed class WrongClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
}
