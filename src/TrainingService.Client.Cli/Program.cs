using System.CommandLine;
using TrainingService.Client.Cli;

var server = new Option<Uri>("--server")
{
    Description = "Address of the service. Default: TRAININGSERVICE_URL, or http://localhost:5080.",
    Recursive = true,
    CustomParser = JobCommands.ParseUri,
    DefaultValueFactory = JobCommands.DefaultUri,
};
var root = new RootCommand("Trains Keras models on a training service.")
{
    server,
    JobCommands.Run(server),
    JobCommands.Follow(server),
    JobCommands.List(server),
    JobCommands.Download(server),
    ReadCommands.Show(server),
    VerbCommands.Cancel(server),
    VerbCommands.Pause(server),
    VerbCommands.Resume(server),
    VerbCommands.Continue(server),
    VerbCommands.Clone(server),
    VerbCommands.Archive(server),
    VerbCommands.Unarchive(server),
    VerbCommands.Delete(server),
    ReadCommands.Attempts(server),
    ReadCommands.Transitions(server),
    ReadCommands.Checkpoints(server),
    ReadCommands.Workers(server),
    DatasetCommands.Dataset(server),
    JobCommands.WaitReady(server),
};

using var interrupt = new Interrupt();
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, interrupt.Token);
