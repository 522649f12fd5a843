using Parquet;
using Parquet.Schema;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Datasets;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Datasets;

/// <summary>Data that neither the process that reads the file nor the one that trains may hold in memory.</summary>
[Collection(nameof(ProcessTests))]
public sealed class LargerThanMemoryTests
{
    private const int Groups = 20, GroupRows = 500_000, Columns = 16;
    private const long ReaderBytes = 300L << 20, StoredBytes = (long)Groups * GroupRows * Columns * sizeof(float);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Parquet_file_larger_than_the_memory_of_its_reader_is_read_and_trained_on()
    {
        Assert.True(StoredBytes > 2 * ReaderBytes); // what the allocator holds ready is allowed above the limit
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(("Worker__IngestMemoryBytes", $"{ReaderBytes}"));

        var path = Path.Combine(service.StorageRoot, "large.parquet");
        await WriteAsync(path);
        await using var file = File.OpenRead(path);
        var upload = await service.Get<UploadStore>().AddWholeAsync("large.parquet", file, Ct);
        var options = new IngestOptions(Label: new ColumnNames([$"c{Columns - 1}"]));
        var added = await service.Get<DatasetStore>().AddAsync(new NewDataset(new DatasetRequest("large", Options: options), [upload.Id]), key: null, Ct);
        service.Get<IngestQueue>().Enqueue(added.VersionId);
        var events = await service.WaitForReadyAsync(added, worker, Ct);

        Assert.Equal(1, events[^1].Attempt);
        Assert.Contains(events, happened => happened.Type == DatasetEventTypes.Progress);
        var ready = await service.Get<DatasetStore>().FindReadyAsync(new DatasetReference("large"), Ct);
        Assert.Equal((long)Groups * GroupRows, ready!.Info.Splits["train"]);
        Assert.InRange(ready.Info.SizeBytes!.Value, StoredBytes, StoredBytes + (1 << 20));

        // Rows from all over the file.
        var job = await service.SubmitAsync(
            IngestService.RegressionOn("large", epochs: 1, inputs: Columns - 1, """[ { "shuffle": { "buffer_size": 10000000 } }, { "take": { "count": 20000 } }, { "batch": { "batch_size": 500 } } ]"""), Ct);
        await service.WaitForEndAsync(job, Ct, worker);
        Assert.Equal(JobStatus.Succeeded, (await service.ReadAsync(job, Ct)).Status);
    }

    private static async Task WriteAsync(string path)
    {
        var fields = Enumerable.Range(0, Columns).Select(number => new DataField<float>($"c{number}")).ToArray();
        var values = new float[GroupRows];
        var random = new Random(1);
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle();
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, cancellationToken: Ct);
        for (var group = 0; group < Groups; group++)
        {
            using var rows = writer.CreateRowGroup();
            foreach (var field in fields)
                await rows.WriteAsync<float>(field, values, cancellationToken: Ct);
        }
    }
}
