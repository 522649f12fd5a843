namespace TrainingService.Client.Cli;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Done; of a followed job: it succeeded.</summary>
    public const int Success = 0;

    /// <summary>Refused, failed, cancelled or not reachable.</summary>
    public const int Failure = 1;

    /// <summary>Ctrl-C, as shells say it.</summary>
    public const int Interrupted = 130;
}
