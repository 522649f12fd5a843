using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Workers;
using TrainingService.Testing;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>A database and a storage folder, seen as the Api sees them; workers are processes that a test starts.</summary>
public sealed class ServiceFixture : IAsyncDisposable
{
    public const int LeaseSeconds = 3;

    private readonly Outage _outage = new(TimeProvider.System, NullLogger<Outage>.Instance);
    private readonly TestDatabase? _database;
    private readonly string _connectionString;
    private readonly IHost _api;
    private readonly string _storage;

    private ServiceFixture(TestDatabase? database, string connectionString, IHost api, string storage) =>
        (_database, _connectionString, _api, _storage) = (database, connectionString, api, storage);

    public JobStore Store => _api.Services.GetRequiredService<JobStore>();

    public IArtifactStore Artifacts => _api.Services.GetRequiredService<IArtifactStore>();

    /// <summary>A service of the Api's side.</summary>
    public T Get<T>()
        where T : notnull => _api.Services.GetRequiredService<T>();

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["ConnectionStrings__Training"] = _connectionString,
        ["Storage__Root"] = _storage,
        ["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets"),
        ["Jobs__LeaseSeconds"] = LeaseSeconds.ToString(),
        ["Worker__SweepInterval"] = "00:00:00.5",
        ["Worker__ThreadsPerJob"] = "1", // several threads on busy cores are slower by far than one
        ["Worker__StopDeadline"] = "00:00:10",
        ["Jobs__RetrySeconds"] = "0.2",
    };

    public string StorageRoot => _storage;

    public string ConnectionString => _connectionString;

    public static async Task<ServiceFixture> StartAsync(CancellationToken ct)
    {
        var database = await TestDatabase.CreateAsync(ct);
        return await StartAsync(database, database.ConnectionString, ct);
    }

    /// <summary>On a database of the caller's own.</summary>
    public static Task<ServiceFixture> StartAsync(string connectionString, CancellationToken ct) => StartAsync(null, connectionString, ct);

    /// <summary>With its files in a folder of the caller's own.</summary>
    public static async Task<ServiceFixture> StartInAsync(string storage, CancellationToken ct)
    {
        var database = await TestDatabase.CreateAsync(ct);
        return await StartAsync(database, database.ConnectionString, ct, storage);
    }

    private static async Task<ServiceFixture> StartAsync(TestDatabase? database, string connectionString, CancellationToken ct, string? storage = null)
    {
        storage ??= Directory.CreateTempSubdirectory("training-worker-tests-").FullName;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Training"] = connectionString,
            ["Storage:Root"] = storage,
            ["Datasets:Root"] = Path.Combine(Repository.Root, "deploy", "datasets"),
        });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)).AddTrainingDomain(builder.Configuration);
        var fixture = new ServiceFixture(database, connectionString, builder.Build(), storage);
        await fixture._api.StartAsync(ct);
        return fixture;
    }

    public WorkerProcess StartWorker(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>(Environment);
        foreach (var (name, value) in more)
            environment[name] = value;
        return new WorkerProcess(environment);
    }

    /// <summary>A dense network on a few hundred digits: a few milliseconds per epoch.</summary>
    public Task<Guid> SubmitAsync(int epochs, CancellationToken ct) => SubmitAsync(new JsonObject { ["epochs"] = epochs }, ct);

    public Task<Guid> SubmitAsync(JsonObject fit, CancellationToken ct) => SubmitAsync($$"""{ "fit": {{fit.ToJsonString()}} }""", ct);

    /// <param name="changes">Members of the tiny job's body to set, as JSON.</param>
    public async Task<Guid> SubmitAsync(string changes, CancellationToken ct)
    {
        var added = await AddAsync(changes, ct);
        _api.Services.GetRequiredService<TrainingQueue>().Enqueue(added.Offer!);
        return added.JobId;
    }

    /// <summary>As <see cref="SubmitAsync(string, CancellationToken)"/>, without putting it on the queue.</summary>
    public async Task<AddResult> AddAsync(string changes, CancellationToken ct)
    {
        var body = JsonNode.Parse(
            """
            {
              "name": "tiny",
              "model": { "class_name": "Sequential", "config": { "name": "tiny", "layers": [
                { "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32", "name": "digits" } },
                { "class_name": "Flatten", "config": { "name": "flatten" } },
                { "class_name": "Dense", "config": { "name": "classes", "units": 10, "activation": "softmax" } } ] } },
              "compile": { "optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"] },
              "data": { "train": { "dataset": "mnist", "pipeline": [ { "take": { "count": 256 } }, { "map": { "class_name": "Rescaling", "config": { "scale": 0.00392156862745098 } } }, { "batch": { "batch_size": 32 } } ] } },
              "seed": 1
            }
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            body[name] = value?.DeepClone();
        var element = JsonSerializer.SerializeToElement(body);
        var submission = JobSubmission.TryRead(element, (await Get<DatasetResolver>().ResolveAsync(element, ct)).Infos, out var violations);
        Assert.True(submission is not null, string.Join('\n', violations));
        return await Store.AddAsync(submission, null, null, ct);
    }

    public async Task<TrainingJob> ReadAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Jobs.AsNoTracking().SingleAsync(job => job.Id == jobId, ct);
    }

    public async Task<IReadOnlyList<JobAttempt>> AttemptsOfAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Attempts.AsNoTracking().Where(attempt => attempt.JobId == jobId).OrderBy(attempt => attempt.Attempt).ToListAsync(ct);
    }

    /// <summary>Resumes a job as the Api does: the row first, then the queue.</summary>
    public async Task ResumeAsync(Guid jobId, CancellationToken ct)
    {
        if ((await Store.ResumeAsync(jobId, ct)).Offer is { } offer)
            _api.Services.GetRequiredService<TrainingQueue>().Enqueue(offer);
    }

    public void Enqueue(Offer offer) => _api.Services.GetRequiredService<TrainingQueue>().Enqueue(offer);

    /// <summary>Where a content's bytes are.</summary>
    public string ContentPath(string sha256) => Path.Combine(_storage, "artifacts", sha256[..2], sha256[2..4], sha256);

    public string RunFolderOf(Guid jobId) => Path.Combine(_storage, "runs", jobId.ToString());

    /// <summary>The process of a connection to the database.</summary>
    public async Task<int> BackendAsync(CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<int>($"SELECT pg_backend_pid() AS \"Value\"").SingleAsync(ct);
    }

    /// <summary>Jobs that a worker took between two instants, the ends left out.</summary>
    public async Task<int> CountStartedAsync(DateTimeOffset after, DateTimeOffset before, CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Attempts.CountAsync(attempt => attempt.StartedAt > after && attempt.StartedAt < before && attempt.Attempt == 1, ct);
    }

    public async Task<int> CountQueuedAsync(CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Jobs.CountAsync(job => job.Status == JobStatus.Queued, ct);
    }

    public async Task<IReadOnlyList<WorkerRow>> WorkersAsync(CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Workers.AsNoTracking().ToListAsync(ct);
    }

    public async Task<string> DigestOfAsync(Guid jobId, string artifact, CancellationToken ct) =>
        (await ArtifactsOfAsync(jobId, ct)).Single(found => found.Name == artifact).Sha256;

    public async Task<IReadOnlyList<Artifact>> ArtifactsOfAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = await _api.Services.GetRequiredService<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(ct);
        return await db.Artifacts.AsNoTracking().Where(artifact => artifact.JobId == jobId).ToListAsync(ct);
    }

    /// <summary>Waits, bell by bell, for an event, and returns all events of the job up to then.</summary>
    public async Task<IReadOnlyList<JobEvent>> WaitForAsync(Guid jobId, Func<JobEvent, bool> condition, CancellationToken ct, WorkerProcess? worker = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));
        using var rang = new SemaphoreSlim(0);
        using var subscription = _api.Services.GetRequiredService<BellListener>().Subscribe(bell =>
        {
            if (bell is ReconnectedBell || (bell is EventsBell news && news.JobId == jobId))
                rang.Release();
        });
        while (true)
        {
            var events = await _outage.RetryAsync("read events", () => Store.ReadEventsAsync(jobId, 0, 10_000, ct), limit.Token);
            if (events.Any(condition))
                return events;
            Assert.DoesNotContain(events, e => e.Type == EventTypes.Terminal);
            try
            {
                await rang.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                Assert.Fail($"It did not happen within 180 s. Events:\n{string.Join('\n', events.Select(e => $"{e.Attempt} {e.Type} {e.Data}"))}\n{worker?.Log}");
            }
        }
    }

    public Task<IReadOnlyList<JobEvent>> WaitForEndAsync(Guid jobId, CancellationToken ct, WorkerProcess? worker = null) =>
        WaitForAsync(jobId, e => e.Type == EventTypes.Terminal, ct, worker);

    /// <summary>Waits until the trainer of a job has got to its epochs, and returns its process id.</summary>
    public async Task<int> WaitForTrainerAsync(Guid jobId, int attempt, CancellationToken ct, WorkerProcess? worker = null)
    {
        await WaitForAsync(jobId, e => e.Type == EventTypes.EpochBegin && e.Attempt == attempt, ct, worker);
        return WorkerProcess.TrainerOf(jobId) ?? throw new InvalidOperationException("The job is in its epochs, and no process runs it.");
    }

    public async ValueTask DisposeAsync()
    {
        await _api.StopAsync();
        _api.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        Directory.Delete(_storage, recursive: true);
    }
}
