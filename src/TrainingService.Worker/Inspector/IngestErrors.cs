using TrainingService.Contracts.Datasets;

namespace TrainingService.Worker.Inspector;

/// <summary>What is said of an ingest that took more than it may, whoever finds out.</summary>
internal static class IngestErrors
{
    public static DatasetError TimeIsOver(double seconds) => new(
        DatasetErrorCodes.TimeLimit, $"expected to be read within {seconds:0} s (Worker:IngestTimeLimit). Received: files that take longer.");

    public static DatasetError MemoryIsOver(long bytes) => new(
        DatasetErrorCodes.OutOfMemory, $"expected to be read with {bytes >> 20} MiB of memory (Worker:IngestMemoryBytes). Received: files that take more.");

    public static DatasetError StoreIsOver(long limit, long bytes) => new(
        DatasetErrorCodes.TooLarge, $"expected at most {limit} bytes in the stored form (Worker:IngestMaxBytes). Received: {bytes} so far.");

    public static DatasetError DiskIsFull(string reason) => new(DatasetErrorCodes.StorageFull, $"expected room on the worker's disk. Received: {reason}");
}
