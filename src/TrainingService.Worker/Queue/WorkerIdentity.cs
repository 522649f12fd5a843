using Microsoft.Extensions.Options;
using TrainingService.Domain.Queue;

namespace TrainingService.Worker.Queue;

/// <summary>Who this worker is and what it offers. The name is never used to find a process: another one may have its number by now.</summary>
internal sealed class WorkerIdentity(IOptions<WorkerOptions> worker, TimeProvider time)
{
    /// <summary>Names it in leases and attempts; no two processes ever have the same.</summary>
    public string Id { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary><c>cpu</c>, then <c>cuda:0</c>, …</summary>
    public IReadOnlyList<string> Devices { get; } = worker.Value.Devices ?? Present();

    /// <summary>Names of the queues that it serves.</summary>
    public IReadOnlyList<string> Queues => worker.Value.Queues ?? (HasCuda ? [TrainingQueue.Cpu, TrainingQueue.Gpu] : [TrainingQueue.Cpu]);

    private bool HasCuda => Devices.Any(device => device.StartsWith("cuda", StringComparison.Ordinal));

    // As the driver shows them: the worker itself loads no libtorch that could be asked.
    private static IReadOnlyList<string> Present() =>
    [
        "cpu",
        .. Directory.EnumerateFileSystemEntries("/dev", "nvidia?").Concat(Directory.EnumerateFileSystemEntries("/dev", "nvidia??"))
            .Select(path => path["/dev/nvidia".Length..]).Where(number => number.All(char.IsAsciiDigit))
            .Select(number => $"cuda:{number}").Order(StringComparer.Ordinal),
    ];
}
