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
    JobCommands.Cancel(server),
    JobCommands.Download(server),
    JobCommands.WaitReady(server),
};

using var interrupt = new Interrupt();
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, interrupt.Token);
