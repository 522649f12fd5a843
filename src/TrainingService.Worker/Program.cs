using TrainingService.Contracts.Extensions;
using TrainingService.Worker;
using TrainingService.Worker.Inspector;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Trainer;

if (args is not ["healthcheck"] && SystemLimits.Complaint() is { } complaint)
{
    Console.Error.WriteLine(complaint);
    return 1;
}
try
{
    return args switch
    {
        ["train", .. var rest] => TrainVerb.Run(rest),
        ["inspect", .. var rest] => InspectVerb.Run(rest),
        ["healthcheck"] => Liveness.Check(),
        ["run", .. var rest] => await WorkerHost.RunAsync(rest),
        [] or [['-', ..], ..] => await WorkerHost.RunAsync(args),
        _ => Usage(args[0]),
    };
}
catch (ExtensionException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static int Usage(string verb)
{
    Console.Error.WriteLine(
        $"""
        Expected a verb. Received: "{verb}".
          run [--exit-with-parent]   take jobs from the queue (the default)
          train --plan FILE [--specs FILE]... [--modules FILE]...
                                     run one job as its trainer process, with these assemblies of the operator's own layers
          inspect --plan FILE        read the files of one data set as its inspect process
          healthcheck                exit with 0 if the worker of this container is alive
        """);
    return 2;
}
