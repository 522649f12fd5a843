using System.Text;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Datasets;

/// <summary>Data sets as the Api adds and reads them.</summary>
internal static class IngestService
{
    /// <summary>Uploads files and asks for a version of them, as the Api does: the row first, then the queue.</summary>
    public static async Task<AddedDataset> AddDatasetAsync(
        this ServiceFixture service, string name, IngestOptions? options, CancellationToken ct, params (string Name, byte[] Content)[] files)
    {
        List<Guid> uploads = [];
        foreach (var (file, content) in files)
            uploads.Add((await service.Get<UploadStore>().AddWholeAsync(file, new MemoryStream(content), ct)).Id);
        var added = await service.Get<DatasetStore>().AddAsync(new NewDataset(new DatasetRequest(name, Options: options), uploads), key: null, ct);
        Assert.Equal(AddDatasetOutcome.Created, added.Outcome);
        service.Get<IngestQueue>().Enqueue(added.VersionId);
        return added;
    }

    /// <summary>A table with so many rows: <c>area, rooms, price</c>, the price from the other two.</summary>
    public static byte[] Houses(int rows)
    {
        var random = new Random(3);
        var text = new StringBuilder("area,rooms,price\n");
        for (var row = 0; row < rows; row++)
        {
            var (area, rooms) = (random.Next(20, 200), random.Next(1, 7));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{area},{rooms},{area * 2 + rooms * 10}\n");
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    public static IngestOptions HouseOptions { get; } = new(Label: new ColumnNames(["price"]));

    public static Task<IReadOnlyList<DatasetEvent>> WaitForReadyAsync(this ServiceFixture service, AddedDataset added, WorkerProcess worker, CancellationToken ct) =>
        service.WaitForStatusAsync(added, "ready", ct, worker);

    /// <summary>Waits, bell by bell, until the version has a status, and returns its events up to then. One in which it ends is the last.</summary>
    public static Task<IReadOnlyList<DatasetEvent>> WaitForStatusAsync(
        this ServiceFixture service, AddedDataset added, string status, CancellationToken ct, WorkerProcess? worker = null) =>
        service.WaitForDatasetAsync(added, happened => Status(happened) == status, ct, worker);

    public static async Task<IReadOnlyList<DatasetEvent>> WaitForDatasetAsync(
        this ServiceFixture service, AddedDataset added, Func<DatasetEvent, bool> condition, CancellationToken ct, WorkerProcess? worker = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));
        using var rang = new SemaphoreSlim(0);
        using var subscription = service.Get<BellListener>().Subscribe(bell =>
        {
            if (bell is ReconnectedBell || (bell is EventsBell news && news.JobId == added.VersionId))
                rang.Release();
        });
        while (true)
        {
            var events = await service.Get<DatasetStore>().ReadEventsAsync(added.VersionId, 0, 10_000, limit.Token);
            if (events.Any(condition))
                return events;
            if (events.Any(happened => Status(happened) is "ready" or "failed" or "cancelled"))
                Assert.Fail($"It ended otherwise. {Told(events)}\n{worker?.Log}");
            try
            {
                await rang.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                Assert.Fail($"It did not happen within 180 s. {Told(events)}\n{worker?.Log}");
            }
        }
    }

    public static string? Status(DatasetEvent happened) =>
        happened.Type == DatasetEventTypes.Status ? happened.Data.GetProperty("status").GetString() : null;

    private static string Told(IEnumerable<DatasetEvent> events) => string.Join('\n', events.Select(e => $"{e.Attempt} {e.Type} {e.Data}"));

    /// <summary>The changes of a tiny job's body that learn one number from others.</summary>
    public static string RegressionOn(string dataset, int epochs = 2, int inputs = 2, string? pipeline = null) => new JsonObject
    {
        ["model"] = JsonNode.Parse(
            $$"""
            { "class_name": "Sequential", "config": { "name": "regression", "layers": [
              { "class_name": "InputLayer", "config": { "batch_shape": [null, {{inputs}}], "dtype": "float32", "name": "numbers" } },
              { "class_name": "Dense", "config": { "name": "number", "units": 1, "activation": "linear" } } ] } }
            """),
        ["compile"] = JsonNode.Parse("""{ "optimizer": "adam", "loss": "mse" }"""),
        ["data"] = new JsonObject
        {
            ["train"] = pipeline is null ? new JsonObject { ["dataset"] = dataset } : new JsonObject { ["dataset"] = dataset, ["pipeline"] = JsonNode.Parse(pipeline) },
        },
        ["fit"] = new JsonObject { ["epochs"] = epochs },
    }.ToJsonString();
}
