using System.CommandLine;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>Tables about a job and about the workers.</summary>
internal static class ReadCommands
{
    public static Command Show(Option<Uri> server) => OfJob(server, "show", "Says where a job stands.", async (client, terminal, id, ct) =>
    {
        var job = await client.Jobs.GetAsync(id, ct);
        terminal.WriteLine($"{terminal.Bold(job.Name)}  {job.Id}");
        terminal.WriteLine($"  {JobReport.State(job)}");
        terminal.WriteLine($"  epoch {job.Epoch} of {job.Epochs}, attempt {job.Attempt}, queue {job.Queue}, priority {JobReport.Word(job.Priority)}");
        if (job.EtaSeconds is { } eta)
            terminal.WriteLine($"  about {ProgressLine.Duration(TimeSpan.FromSeconds(eta))} left");
        if (job.ParentId is { } parent)
            terminal.WriteLine($"  {JobReport.Word(job.ParentRelation)} of {parent}");
    });

    public static Command Attempts(Option<Uri> server) => OfJob(server, "attempts",
        "Lists each time that a worker took a job: who, how long, how it ended.", async (client, terminal, id, ct) =>
    {
        terminal.WriteLine(terminal.Bold($"{"attempt",7}  {"started",-16}  {"time",9}  {"outcome",-12}  {"from epoch",10}  worker"));
        foreach (var attempt in await client.Jobs.AttemptsAsync(id, ct))
        {
            var time = attempt.EndedAt is { } ended ? ProgressLine.Duration(ended - attempt.StartedAt) : "";
            terminal.WriteLine($"{attempt.Attempt,7}  {attempt.StartedAt:yyyy-MM-dd HH:mm}  {time,9}  {(attempt.Outcome is { } outcome ? JobReport.Word(outcome) : "running"),-12}  "
                + $"{attempt.ResumedFromEpoch?.ToString() ?? "",10}  {attempt.Owner}{(attempt.Error is { } error ? $"  {error.Message}" : "")}");
        }
    });

    public static Command Transitions(Option<Uri> server) => OfJob(server, "transitions",
        "Lists every change of a job's status: who, why, when.", async (client, terminal, id, ct) =>
    {
        foreach (var change in await client.Jobs.TransitionsAsync(id, ct))
        {
            var words = string.Join(", ", new[] { change.Status, change.Phase, change.Requested is { } wish ? $"{wish} requested" : null }.OfType<string>());
            terminal.WriteLine($"{change.CreatedAt:yyyy-MM-dd HH:mm:ss}  {words.Replace('_', ' '),-28}  {change.Reason?.Replace('_', ' ')}{(change.Worker is null ? "" : $"  [{change.Worker}]")}");
        }
    });

    public static Command Checkpoints(Option<Uri> server) => OfJob(server, "checkpoints",
        "Lists the checkpoints of a job that are kept, the newest first.", async (client, terminal, id, ct) =>
    {
        terminal.WriteLine(terminal.Bold($"{"number",6}  {"epoch",7}  {"batch",7}  {"created",-16}  {"bytes",14}  kept as"));
        foreach (var checkpoint in await client.Jobs.CheckpointsAsync(id, ct))
        {
            var kept = string.Join(", ", new[] { checkpoint.IsLatest ? "latest" : null, checkpoint.IsBest ? "best" : null }.OfType<string>());
            terminal.WriteLine($"{checkpoint.Number,6}  {checkpoint.Epoch,7}  {(checkpoint.Step == 0 ? "" : checkpoint.Step.ToString("N0")),7}  "
                + $"{checkpoint.CreatedAt:yyyy-MM-dd HH:mm}  {checkpoint.SizeBytes,14:N0}  {kept}");
        }
    });

    public static Command Workers(Option<Uri> server)
    {
        var command = new Command("workers", "Lists the workers that are alive: where, which queues and devices, how busy.");
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            terminal.WriteLine(terminal.Bold($"{"host",-24}  {"process",8}  {"running",8}  {"queues",-16}  {"devices",-12}  version"));
            foreach (var worker in await client.Workers.ListAsync(ct))
                terminal.WriteLine($"{worker.Host,-24}  {worker.Pid,8}  {$"{worker.Running}/{worker.MaxConcurrentJobs}",8}  "
                    + $"{string.Join(", ", worker.Queues),-16}  {string.Join(", ", worker.Devices),-12}  {worker.Version}");
            return ExitCode.Success;
        }, ct));
        return command;
    }

    private static Command OfJob(Option<Uri> server, string name, string description, Func<TrainingServiceClient, Terminal, Guid, CancellationToken, Task> show)
    {
        var id = JobCommands.JobId();
        var command = new Command(name, description) { id };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            await show(client, terminal, parsed.GetValue(id), ct);
            return ExitCode.Success;
        }, ct));
        return command;
    }
}
