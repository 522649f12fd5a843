using System.CommandLine;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>What can be asked of a job.</summary>
internal static class VerbCommands
{
    public static Command Cancel(Option<Uri> server) => Verb(server, "cancel",
        "Asks for a job to be cancelled. A running one stops after its batch; what was stored so far stays.",
        (client, id, ct) => client.Jobs.CancelAsync(id, ct));

    public static Command Pause(Option<Uri> server) => Verb(server, "pause",
        "Asks for a job to be paused. A running one writes a checkpoint first and frees its worker.",
        (client, id, ct) => client.Jobs.PauseAsync(id, ct));

    public static Command Resume(Option<Uri> server) => Verb(server, "resume",
        "Lets a paused job go on where it stood, before the new ones; takes back a pause that is under way.",
        (client, id, ct) => client.Jobs.ResumeAsync(id, ct));

    public static Command Archive(Option<Uri> server) => Verb(server, "archive",
        "Takes an ended job out of the lists. Nothing of it is lost; \"list --archived\" shows it.",
        (client, id, ct) => client.Jobs.ArchiveAsync(id, ct));

    public static Command Unarchive(Option<Uri> server) => Verb(server, "unarchive",
        "Puts an archived job back into the lists.",
        (client, id, ct) => client.Jobs.UnarchiveAsync(id, ct));

    public static Command Continue(Option<Uri> server)
    {
        var id = JobCommands.JobId();
        var epochs = new Option<int>("--epochs") { Description = "How many epochs more.", Required = true };
        return Making(server, new Command("continue", "Trains an ended job further, as a new job from its last checkpoint.") { id, epochs },
            (parsed, client, ct) => client.Jobs.ContinueAsync(parsed.GetValue(id), parsed.GetValue(epochs), cancellationToken: ct));
    }

    public static Command Clone(Option<Uri> server)
    {
        var id = JobCommands.JobId();
        var changes = new Option<FileInfo?>("--changes")
        {
            Description = "A file with a JSON merge patch (RFC 7396) of the job's spec, such as {\"fit\": {\"epochs\": 20}}. Default: no change.",
        };
        return Making(server, new Command("clone", "Submits a job like another one, with changes.") { id, changes }, async (parsed, client, ct) =>
        {
            var file = parsed.GetValue(changes);
            if (file is { Exists: false })
                throw new FileNotFoundException($"There is no file {file.FullName}.");
            return await client.Jobs.CloneAsync(
                parsed.GetValue(id), file is null ? "{}" : await File.ReadAllTextAsync(file.FullName, ct), cancellationToken: ct);
        });
    }

    public static Command Delete(Option<Uri> server)
    {
        var id = JobCommands.JobId();
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("delete", "Removes a job with its events, checkpoints and files, for good. One that runs is stopped.") { id, yes };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var job = parsed.GetValue(id);
            if (!parsed.GetValue(yes) && !await ConfirmedAsync(client, terminal, job, ct))
                return ExitCode.Failure;
            await client.Jobs.DeleteAsync(job, ct);
            terminal.WriteLine($"{job} is deleted.");
            return ExitCode.Success;
        }, ct));
        return command;
    }

    private static Command Verb(Option<Uri> server, string name, string description, Func<TrainingServiceClient, Guid, CancellationToken, Task<JobResponse>> ask)
    {
        var id = JobCommands.JobId();
        var command = new Command(name, description) { id };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            terminal.WriteLine(JobReport.State(await ask(client, parsed.GetValue(id), ct)));
            return ExitCode.Success;
        }, ct));
        return command;
    }

    /// <summary>A verb that makes a new job, which can be followed at once.</summary>
    private static Command Making(Option<Uri> server, Command command, Func<ParseResult, TrainingServiceClient, CancellationToken, Task<JobResponse>> make)
    {
        var follow = new Option<bool>("--follow") { Description = "Follow the new job to its end and download the model." };
        var output = JobCommands.Output();
        command.Add(follow);
        command.Add(output);
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var job = await make(parsed, client, ct);
            if (parsed.GetValue(follow))
                return await JobCommands.FollowAsync(client, terminal, job, parsed.GetValue(output), ct);
            new JobReport(client, terminal).Accepted(job);
            return ExitCode.Success;
        }, ct));
        return command;
    }

    private static async Task<bool> ConfirmedAsync(TrainingServiceClient client, Terminal terminal, Guid id, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("Deleting asks first, and there is nobody to ask: expected --yes.");
            return false;
        }
        var job = await client.Jobs.GetAsync(id, ct);
        terminal.WriteLine($"Delete {terminal.Bold(job.Name)} ({JobReport.Word(job.Status)}) with all its files, for good? Type \"yes\":");
        return await Console.In.ReadLineAsync(ct) == "yes";
    }
}
