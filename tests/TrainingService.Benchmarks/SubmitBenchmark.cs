using System.Diagnostics;
using TrainingService.Client;
using TrainingService.Client.Events;
using TrainingService.Contracts.Events;
using TrainingService.Testing;

namespace TrainingService.Benchmarks;

/// <summary>
/// From the submission to the <c>running</c> status and to the first batch, as a client sees them that submits and then opens the job's
/// event stream. One job at a time on an idle service; the first, which finds everything cold, is told apart.
/// </summary>
/// <remarks>
/// <c>first_batch</c> ends with the first <c>progress</c>, or with <c>epoch_begin</c> in a job too short to have one: the instant before its
/// first batch; stderr says how many jobs had which. <c>first_epoch</c> ends with the first <c>epoch_end</c>, when batches are done for certain. <c>running</c> stands beside a
/// bare request, the others beside a process that loads libtorch, each measured between the jobs.
/// </remarks>
internal static class SubmitBenchmark
{
    private const int Jobs = 20;

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartAsync(worker: Repository.PublishedWorker);
        using var http = new HttpClient { BaseAddress = service.Address };
        List<double> requests = [], processes = [];
        List<Latencies> warm = [];
        var cold = await SubmitAsync(service.Client, "submit-cold");
        for (var job = 1; job <= Jobs; job++)
        {
            processes.Add(await LibtorchStart.MeasureAsync());
            requests.Add(await BareRequest.MeasureAsync(http));
            warm.Add(await SubmitAsync(service.Client, $"submit-{job}"));
        }

        var byProgress = warm.Count(job => job.HadProgress);
        Console.Error.WriteLine($"submit_latency: first batch by progress in {byProgress} jobs, by epoch_begin in {Jobs - byProgress}.");
        Report.Line("submit_to_running_cold", cold.Running, Report.Median(requests), "ms");
        Report.Line("submit_to_first_batch_cold", cold.FirstBatch, Report.Median(processes), "ms");
        Report.Latency("submit_to_running", [.. warm.Select(job => job.Running)], requests);
        Report.Latency("submit_to_first_batch", [.. warm.Select(job => job.FirstBatch)], processes);
        Report.Latency("submit_to_first_epoch", [.. warm.Select(job => job.FirstEpoch)], processes);
    }

    private static async Task<Latencies> SubmitAsync(TrainingServiceClient client, string name)
    {
        var spec = TinyJob.Of(name, trainRows: 256, epochs: 1);
        Dictionary<string, double> first = [];
        TerminalEvent? end = null;
        var watch = Stopwatch.StartNew();
        var job = await client.Jobs.SubmitAsync(spec);
        await foreach (var jobEvent in client.Jobs.EventsAsync(job.Id))
        {
            var elapsed = watch.Elapsed.TotalMilliseconds;
            if (jobEvent.TryAs<StatusEvent>() is not { } status)
                first.TryAdd(jobEvent.Type, elapsed);
            else if (status.Status == "running")
                first.TryAdd(EventTypes.Status, elapsed);
            end = jobEvent.TryAs<TerminalEvent>();
        }
        if (end is not { Status: "succeeded" })
            throw new InvalidOperationException($"{name} was expected to succeed. It ended with: {end}.");
        var hadProgress = first.ContainsKey(EventTypes.Progress);
        var firstBatch = first[hadProgress ? EventTypes.Progress : EventTypes.EpochBegin];
        return new Latencies(first[EventTypes.Status], firstBatch, first[EventTypes.EpochEnd], hadProgress);
    }

    /// <summary>Milliseconds since the submission.</summary>
    private sealed record Latencies(double Running, double FirstBatch, double FirstEpoch, bool HadProgress);
}
