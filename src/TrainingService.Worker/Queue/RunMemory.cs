using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Memory;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>What a run is expected to take of this worker's memory, and what it may.</summary>
/// <param name="Estimate">Null when the job is no longer what this version reads.</param>
/// <param name="LimitBytes">Null where the model lies in the memory of a CUDA device, which neither counts.</param>
internal sealed record RunMemory(MemoryEstimate? Estimate, long? LimitBytes)
{
    /// <summary>Why the run is not even begun, or null.</summary>
    public JobError? Refusal => Estimate is not null && LimitBytes is { } limit ? MemoryAdvice.Refusal(Estimate, limit) : null;

    /// <param name="spec">The job.</param>
    /// <param name="datasets">The data sets that it names.</param>
    /// <param name="devices">This worker's.</param>
    /// <param name="options">May name a limit.</param>
    public static RunMemory Of(JobSpec spec, IReadOnlyList<DatasetInfo> datasets, IReadOnlyList<string> devices, WorkerOptions options) =>
        new(MemoryEstimator.Of(spec, datasets), LimitOf(spec, devices, options));

    internal static long? LimitOf(JobSpec spec, IReadOnlyList<string> devices, WorkerOptions options)
    {
        var wanted = spec.Resources?.Device ?? "auto";
        var onCpu = wanted == "cpu" || (wanted == "auto" && !devices.Any(device => device.StartsWith("cuda", StringComparison.Ordinal)));
        return onCpu ? options.MemoryPerJobBytes ?? MachineMemory.PerJob(options.MaxConcurrentJobs) : null;
    }
}
