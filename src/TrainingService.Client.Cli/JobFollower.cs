using TrainingService.Client.Events;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>Shows a job's events as they come.</summary>
internal sealed class JobFollower(TrainingServiceClient client, Terminal terminal)
{
    private readonly EpochTable _epochs = new(terminal);
    private int _attempt = 1;
    private bool _lost;

    /// <summary>Follows a job to its end.</summary>
    /// <returns>The ended job.</returns>
    public async Task<JobResponse> FollowAsync(Guid jobId, CancellationToken ct)
    {
        await foreach (var jobEvent in client.Jobs.EventsAsync(jobId, onStatus: ShowConnection, cancellationToken: ct))
            Show(jobEvent);
        return await client.Jobs.WaitAsync(jobId, ct);
    }

    private void Show(JobEvent jobEvent)
    {
        switch (jobEvent.Type)
        {
            case EventTypes.Status:
                Show(jobEvent.As<StatusEvent>(), jobEvent.Attempt);
                break;
            case EventTypes.Resumed:
                var resumed = jobEvent.As<ResumedEvent>();
                terminal.WriteLine($"  goes on from checkpoint {resumed.Checkpoint}, after epoch {resumed.FromEpoch}{(resumed.Step > 0 ? $" and {resumed.Step:N0} batches" : "")}");
                break;
            case EventTypes.Model:
                var model = jobEvent.As<ModelEvent>();
                terminal.WriteLine($"  {model.TotalParams:N0} parameters on {model.Device} ({model.Threads} threads), "
                    + $"{model.TrainRows:N0} training rows in batches of {model.BatchSize}, {model.ValidationRows:N0} validation rows");
                break;
            case EventTypes.Progress:
                terminal.Live(ProgressLine.Text(jobEvent.As<ProgressEvent>()));
                break;
            case EventTypes.EpochEnd:
                _epochs.Add(jobEvent.As<EpochEndEvent>());
                break;
            case EventTypes.Evaluation:
                var evaluation = jobEvent.As<EvaluationEvent>();
                terminal.WriteLine();
                foreach (var (name, _) in evaluation.Logs)
                    terminal.WriteLine(terminal.Bold($"  {evaluation.Split} {name} {EpochTable.Figure(name, evaluation.Logs, evaluation.NonFinite)}"));
                terminal.WriteLine(terminal.Faint($"  over {evaluation.Rows:N0} rows"));
                break;
            case EventTypes.Log when jobEvent.As<LogEvent>() is { Level: not "info" } log:
                terminal.WriteLine($"  {log.Level}: {log.Message}");
                break;
            default:
                break;
        }
    }

    private void Show(StatusEvent status, int attempt)
    {
        if (attempt > _attempt)
        {
            _attempt = attempt;
            terminal.WriteLine($"  attempt {attempt}");
        }
        if (status.Status == "queued" && attempt > 0)
            terminal.WriteLine($"  back in the queue{(status.Reason is null ? "" : $": {status.Reason}")}");
        if (status.Status == "paused")
            terminal.WriteLine("  paused; \"trainingservice resume\" lets it go on");
        if (status.Requested is not null)
            terminal.WriteLine($"  {status.Requested} requested");
        terminal.Live($"  {status.Status}{(status.Phase is null ? "" : $", {status.Phase}")} ...");
    }

    private void ShowConnection(StreamStatus status)
    {
        if (status.State == StreamState.Reconnecting && !_lost)
            terminal.WriteLine($"  connection lost, trying again ({status.Error?.Message ?? "the server closed the stream"})");
        else if (status.State == StreamState.Live && _lost)
            terminal.WriteLine("  connected again");
        _lost = status.State == StreamState.Reconnecting || (_lost && status.State != StreamState.Live);
    }
}
