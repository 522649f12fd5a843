using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Datasets;

/// <summary>What an ingest may take.</summary>
/// <param name="MemoryBytes">Resident memory of its process.</param>
/// <param name="Time">From its start to its end.</param>
/// <param name="StoredBytes">Bytes of what it writes.</param>
internal sealed record IngestLimits(long MemoryBytes, TimeSpan Time, long StoredBytes)
{
    public static IngestLimits Of(WorkerOptions options) => new(options.IngestMemoryBytes, options.IngestTimeLimit, options.IngestMaxBytes);
}
