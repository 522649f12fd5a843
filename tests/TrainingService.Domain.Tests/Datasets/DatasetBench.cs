using System.Text;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;

namespace TrainingService.Domain.Tests.Datasets;

/// <summary>Data sets and uploads of a test, on the class's database and in a folder of its own.</summary>
internal sealed class DatasetBench : IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("training-datasets-");
    private readonly DomainFixture _domain;

    public DatasetBench(DomainFixture domain, DatasetOptions? options = null)
    {
        _domain = domain;
        var settings = Options.Create(options ?? new DatasetOptions { MaxAttempts = 2 });
        Files = new FileArtifactStore(_root.FullName, TimeProvider.System);
        Store = new DatasetStore(domain.Database, domain.Heartbeats, domain.Bell, settings, TimeProvider.System);
        Uploads = new UploadStore(domain.Database, Files, settings);
        Fetcher = new DatasetFetcher(Files, new DatasetUrlPolicy(settings), settings);
    }

    public static DatasetSchema Schema { get; } = new(
        [new ColumnInfo("size", ColumnRole.Feature, "float32", new Shape()), new ColumnInfo("price", ColumnRole.Label, "float32", new Shape())],
        new Dictionary<string, long> { ["train"] = 3 }, DatasetFormat.Csv);

    public FileArtifactStore Files { get; }

    public DatasetStore Store { get; }

    public UploadStore Uploads { get; }

    public DatasetFetcher Fetcher { get; }

    public static string NewName() => $"set-{Guid.NewGuid():N}";

    /// <summary>A queued version of one small file.</summary>
    public async Task<AddedDataset> AddAsync(string name, CancellationToken ct, Domain.Jobs.IdempotencyKey? key = null)
    {
        var upload = await UploadAsync("houses.csv", "size,price\n1,2\n", ct);
        return await Store.AddAsync(new NewDataset(new DatasetRequest(name), [upload.Id]), key, ct);
    }

    public async Task<IngestClaim> ClaimAsync(Guid versionId, CancellationToken ct, TimeSpan? lease = null) =>
        await Store.TryClaimAsync(versionId, Guid.NewGuid(), "worker", lease ?? Lease, ct) ?? throw new InvalidOperationException("expected a claim. Received: none");

    /// <summary>A ready version.</summary>
    public async Task<AddedDataset> AddReadyAsync(string name, CancellationToken ct)
    {
        var added = await AddAsync(name, ct);
        var claim = await ClaimAsync(added.VersionId, ct);
        Assert.True(await Store.TryFinishAsync(added.VersionId, claim.Attempt, Schema, [await PutAsync("train.0.bin", name, ct)], ct));
        return added;
    }

    public Task<UploadState> UploadAsync(string name, string content, CancellationToken ct) =>
        Uploads.AddWholeAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(content)), ct);

    public async Task<DatasetFile> PutAsync(string name, string content, CancellationToken ct)
    {
        var (sha256, size) = await Files.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), ct);
        return new DatasetFile(name, sha256, size);
    }

    public Task ExpireLeaseAsync(Guid versionId, CancellationToken ct) =>
        _domain.ExecuteAsync($"UPDATE dataset_versions SET lease_expires_at = now() - interval '1 second' WHERE id = '{versionId}'", ct);

    public async Task<IReadOnlyList<string>> StatusesAsync(Guid versionId, CancellationToken ct) =>
        [.. (await Store.ReadEventsAsync(versionId, 0, 100, ct)).Where(e => e.Type == DatasetEventTypes.Status).Select(e => e.Data.GetProperty("status").GetString()!)];

    public void Dispose()
    {
        Fetcher.Dispose();
        _root.Delete(recursive: true);
    }
}
