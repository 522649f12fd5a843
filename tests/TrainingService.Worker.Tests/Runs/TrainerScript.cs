namespace TrainingService.Worker.Tests.Runs;

/// <summary>
/// A script that a worker starts in place of its trainer (<c>Worker:TrainerProgram</c>) or of its inspect process: it misbehaves for plans that
/// have the word "misbehave", and is the worker's program for all others.
/// </summary>
public sealed class TrainerScript : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"trainer-{Guid.NewGuid():N}.sh");

    /// <param name="misbehaviour">Shell commands; what they leave running is the trainer.</param>
    public TrainerScript(string misbehaviour)
    {
        File.WriteAllText(
            _path,
            $"""
            #!/bin/sh
            ulimit -c 0
            if grep -q '"misbehave"' "$3"; then
            {misbehaviour}
            fi
            exec '{Path.Combine(AppContext.BaseDirectory, "TrainingService.Worker")}' "$@"

            """);
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>For the worker's environment.</summary>
    public (string, string) Setting => ("Worker__TrainerProgram", _path);

    /// <summary>The same for what reads data sets.</summary>
    public (string, string) InspectSetting => ("Worker__InspectProgram", _path);

    public void Dispose() => File.Delete(_path);
}
