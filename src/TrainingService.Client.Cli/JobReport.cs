using TrainingService.Client.Artifacts;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>What there is to say before and after a job.</summary>
internal sealed class JobReport(TrainingServiceClient client, Terminal terminal)
{
    public void Accepted(JobResponse job)
    {
        terminal.WriteLine($"{terminal.Bold(job.Name)}  {job.Id}");
        terminal.WriteLine($"  dashboard  {new Uri(client.ServerUrl, $"jobs/{job.Id}")}");
        terminal.WriteLine($"  swagger    {new Uri(client.ServerUrl, "swagger")}");
    }

    public void Ended(JobResponse job)
    {
        var seconds = job.EndedAt - job.StartedAt is { } time ? $" after {ProgressLine.Duration(time)}" : "";
        var line = $"{job.Name} {Word(job.Status)}{seconds} ({Word(job.StopReason)}, {job.Epoch} of {job.Epochs} epochs)";
        terminal.WriteLine();
        terminal.WriteLine(job.Status == JobStatus.Succeeded ? terminal.Good(line) : terminal.Bad(line));
        if (job.Error is not { } error)
            return;
        terminal.WriteLine($"  {error.Message}");
        if (error.Hint is not null)
            terminal.WriteLine($"  {error.Hint}");
    }

    /// <summary>Where a job stands, in a sentence.</summary>
    public static string State(JobResponse job) => job switch
    {
        { ArchivedAt: not null } => $"{job.Name} has ended ({Word(job.Status)}) and is archived.",
        { IsTerminal: true } => $"{job.Name} has ended: {Word(job.Status)}.",
        { Requested: "cancel" } => $"{job.Name} is asked to stop.",
        { Requested: "pause" } => $"{job.Name} is asked to pause.",
        { Status: JobStatus.Paused } => $"{job.Name} is paused at epoch {job.Epoch} of {job.Epochs}.",
        { WaitingFor: { } waiting } => $"{job.Name} is queued{(job.QueuePosition is { } place ? $" at place {place}" : "")}: {waiting}",
        { Status: JobStatus.Queued } => $"{job.Name} is queued{(job.QueuePosition is { } place ? $" at place {place}" : "")}.",
        _ => $"{job.Name} is {Word(job.Status)}{(job.Phase is { } phase ? $" ({Word(phase)})" : "")}.",
    };

    public void Interrupted(Guid jobId)
    {
        var server = client.ServerUrl.AbsoluteUri.TrimEnd('/');
        terminal.WriteLine();
        terminal.WriteLine("Not following any more; the job goes on.");
        terminal.WriteLine($"  trainingservice follow {jobId} --server {server}");
        terminal.WriteLine($"  trainingservice cancel {jobId} --server {server}");
    }

    /// <summary>Downloads the model and what describes it; checkpoints and the plan stay where they are.</summary>
    public async Task DownloadModelAsync(Guid jobId, string folder, CancellationToken ct)
    {
        foreach (var artifact in await client.Jobs.ArtifactsAsync(jobId, ct))
        {
            if (artifact.Kind is "weights" or "plan")
                continue;
            await DownloadAsync(jobId, artifact.Name, folder, ct);
        }
    }

    /// <summary>Downloads one file into a folder and prints its path.</summary>
    public async Task DownloadAsync(Guid jobId, string name, string folder, CancellationToken ct)
    {
        if (!ArtifactName.IsSafe(name))
            throw new InvalidDataException($"artifact: expected a file name. Received: \"{name}\".");
        var path = Path.GetFullPath(Path.Combine(folder, name));
        var progress = new LiveProgress(terminal, name);
        var artifact = await client.Jobs.DownloadAsync(jobId, name, path, progress, ct);
        terminal.WriteLine($"  {path}  {terminal.Faint($"{artifact.SizeBytes:N0} bytes")}");
    }

    public static string Word<T>(T value) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}").Replace('_', ' ');

    private sealed class LiveProgress(Terminal terminal, string name) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => terminal.Live($"  {name}  {value.ReceivedBytes:N0} of {value.TotalBytes:N0} bytes");
    }
}
