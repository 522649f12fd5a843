using TrainingService.Worker.Queue;
using TrainingService.Worker.Trainer;

return args switch
{
    ["train", .. var rest] => TrainVerb.Run(rest),
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
        """);
    return 2;
}
