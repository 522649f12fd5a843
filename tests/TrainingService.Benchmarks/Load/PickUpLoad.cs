using System.Diagnostics;
using TrainingService.Contracts.Events;

namespace TrainingService.Benchmarks.Load;

/// <summary>L3: from the submission of a job to an idle service to the instant at which a worker has it.</summary>
internal static class PickUpLoad
{
    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var jobs = options.Jobs(200);
        LoadReport.Begin($"load_pickup: {jobs} jobs one after the other");
        var folder = Directory.CreateTempSubdirectory("training-load-").FullName;
        using var worker = NoOpWorker.Start(cluster, folder, concurrency: 2);
        using var http = new HttpClient { BaseAddress = cluster.Api.Address };
        List<double> times = [], requests = [];
        for (var job = -5; job < jobs; job++)
        {
            requests.Add(await BareRequest.MeasureAsync(http));
            var time = await SubmitAsync(cluster);
            if (job >= 0)
                times.Add(time);
        }
        worker.StandardInput.Close();
        await worker.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        LoadReport.Tell("L3", "pick_up_p50", Report.Percentile(times, 50), "ms", ("bare request ms", Report.Percentile(requests, 50)));
        LoadReport.AtMost("L3", "pick_up_p99", Report.Percentile(times, 99), 1_000, "ms", ("bare request ms", Report.Percentile(requests, 99)));
    }

    private static async Task<double> SubmitAsync(LoadCluster cluster)
    {
        var watch = Stopwatch.StartNew();
        var job = await cluster.Client.Jobs.SubmitAsync(TinyJob.Of("pick-up", trainRows: 256, epochs: 1));
        double time = 0;
        await foreach (var jobEvent in cluster.Client.Jobs.EventsAsync(job.Id))
            if (time == 0 && jobEvent.Type == EventTypes.Status && jobEvent.Data.GetProperty("status").GetString() == "running")
                time = watch.Elapsed.TotalMilliseconds;
        return time;
    }
}
