using TrainingService.Worker.Queue;
using TrainingService.Worker.Trainer;

return args switch
{
    ["train", .. var rest] => TrainVerb.Run(rest),
    ["healthcheck"] => Liveness.Check(),
    ["run", .. var rest] => await WorkerHost.RunAsync(rest),
    [] or [['-', ..], ..] => await WorkerHost.RunAsync(args),
    _ => Usage(args[0]),
};

static int Usage(string verb)
{
    Console.Error.WriteLine(
        $"""
        Expected a verb. Received: "{verb}".
          run [--exit-with-parent]   take jobs from the queue (the default)
          train --plan FILE          run one job as its trainer process
          healthcheck                exit with 0 if the worker of this container is alive
        """);
    return 2;
}
