using TrainingService.Contracts.Events;

namespace TrainingService.Benchmarks.Load;

/// <summary>L11: how much longer two trainers' epochs take while events of 200 other jobs are stored and 1,000 subscribers are served.</summary>
internal static class BesideLoad
{
    private const int Trainers = 2;

    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var (subscribers, perJob, seconds) = (options.Subscribers(1_000), options.Events(30), TimeSpan.FromSeconds(options.Seconds(30)));
        LoadReport.Begin($"load_beside: {Trainers} trainers, alone and beside {EventsLoad.Jobs * perJob} events/s and {subscribers} subscribers");
        var fanOut = await cluster.StartRunAsync("beside-fan-out");
        var runs = await EventsLoad.StartRunsAsync(cluster);
        await using var worker = new WorkerProgram(cluster, Trainers);
        var jobs = new List<Guid>();
        for (var trainer = 0; trainer < Trainers; trainer++)
            jobs.Add((await cluster.Client.Jobs.SubmitAsync(TinyJob.Of("beside", trainRows: 2_048, epochs: 100_000))).Id);
        await Task.WhenAll(jobs.Select(job => PassAsync(cluster, job, epochs: 2)));

        var from = await NowAsync(cluster);
        await Task.WhenAll(jobs.Select(job => PassAsync(cluster, job, epochs: 8)));
        var alone = await EpochsAsync(cluster, jobs, from);

        var audience = await Audience.JoinAsync(cluster.Client, fanOut.Id, subscribers, lastSeq: 2);
        from = await NowAsync(cluster);
        var stored = EventsLoad.WriteAsync(runs, perJob, seconds);
        var last = await FanOutLoad.WriteAsync(fanOut, 2, seconds);
        var times = await stored;
        await Task.WhenAll(jobs.Select(job => PassAsync(cluster, job, epochs: 1)));
        var beside = await EpochsAsync(cluster, jobs, from);
        await audience.ReachAsync(last);

        LoadReport.AtMost("L11", "epoch_ratio", Report.Median(beside) / Report.Median(alone), 1.3, "times");
        LoadReport.Tell("L11", "epoch_alone", Report.Median(alone), "s");
        LoadReport.Tell("L11", "epoch_beside", Report.Median(beside), "s");
        LoadReport.Tell("L11", "stored", times.Count / seconds.TotalSeconds, "events/s");
        LoadReport.Tell("L11", "stored_p99", Report.Percentile(times, 99), "ms");
        LoadReport.Tell("L11", "delivered_p99", Report.Percentile(audience.Ages, 99), "ms");
        LoadReport.Zero("L11", "gaps", audience.Gaps(last));
        await audience.LeaveAsync();
        foreach (var job in jobs)
            await cluster.Client.Jobs.CancelAsync(job);
    }

    /// <summary>Waits for that many more epochs.</summary>
    private static async Task PassAsync(LoadCluster cluster, Guid jobId, int epochs)
    {
        var after = (await cluster.Client.Jobs.GetAsync(jobId)).LastSeq;
        await foreach (var jobEvent in cluster.Client.Jobs.EventsAsync(jobId, after))
            if (jobEvent.Type == EventTypes.Terminal)
                throw new InvalidOperationException($"A trainer ended: {jobEvent.Data}");
            else if (jobEvent.Type == EventTypes.EpochEnd && --epochs == 0)
                break;
    }

    private static Task<long> NowAsync(LoadCluster cluster) => cluster.CountAsync("SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint");

    /// <summary>Seconds of the epochs that began and ended since an instant.</summary>
    private static async Task<List<double>> EpochsAsync(LoadCluster cluster, List<Guid> jobs, long from)
    {
        await using var command = cluster.Database.CreateCommand(
            """
            SELECT (data ->> 'duration_seconds')::float8 FROM job_events WHERE job_id = ANY ($1) AND type = 'epoch_end'
            AND extract(epoch FROM created_at) - (data ->> 'duration_seconds')::float8 >= $2 / 1e6
            """);
        command.Parameters.Add(new() { Value = jobs.ToArray() });
        command.Parameters.Add(new() { Value = (double)from });
        await using var reader = await command.ExecuteReaderAsync();
        var seconds = new List<double>();
        while (await reader.ReadAsync())
            seconds.Add(reader.GetDouble(0));
        return seconds;
    }
}
