namespace TrainingService.Worker.Trainer;

internal static class TrainVerb
{
    public static int Run(string[] args) => args.Length;
}
