namespace TrainingService.Worker.Supervision;

/// <summary>What an exit code says of how a process ended that left no result.</summary>
internal static class ExitCodes
{
    /// <summary>128 + SIGABRT.</summary>
    public const int Aborted = 134;

    /// <summary>128 + SIGKILL.</summary>
    public const int Killed = 137;

    /// <summary>128 + SIGSEGV.</summary>
    public const int Crashed = 139;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>In a few words for people: "it …".</summary>
    public static string Name(int exitCode) => exitCode switch
    {
        Aborted => "it aborted (SIGABRT)",
        Killed => "it was killed (SIGKILL)",
        Crashed => "it crashed in native code (SIGSEGV)",
        Terminated => "it was terminated (SIGTERM)",
        0 => "it ended without a result",
        _ => "it failed",
    };
}
