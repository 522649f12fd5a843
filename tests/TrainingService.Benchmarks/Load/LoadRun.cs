using System.Diagnostics;
using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Benchmarks.Load;

/// <summary>A job held by this process, and events that tell when they were made.</summary>
internal sealed class LoadRun(JobStore store, Guid id, int attempt)
{
    // About 120 bytes of data, as a step with a few figures has.
    private static readonly string Padding = new('x', 60);

    public Guid Id => id;

    /// <summary>An event of now, by the clock that all processes of the machine share.</summary>
    public static NewEvent Now() => new(
        EventTypes.Log, JsonSerializer.SerializeToElement(new { level = "info", message = Padding, made = Stopwatch.GetTimestamp() }));

    /// <summary>Milliseconds since an event was made.</summary>
    public static double Age(JsonElement data) => Stopwatch.GetElapsedTime(data.GetProperty("made").GetInt64()).TotalMilliseconds;

    public async Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        if (!await store.TryAppendAsync(id, attempt, events, null, CancellationToken.None))
            throw new InvalidOperationException($"The lease of job {id} is lost.");
    }

    public Task FinishAsync() => store.TryFinishAsync(id, attempt, JobStatus.Succeeded, StopReason.Completed, null, CancellationToken.None);
}
