namespace TrainingService.Worker.Queue;

/// <summary>The <c>healthcheck</c> verb of a container: a file that the worker touches every few seconds, whether or not the database answers.</summary>
internal static class Liveness
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(30);

    private static string FilePath => Path.Combine(Path.GetTempPath(), $"trainingservice-worker-{Environment.UserName}.alive");

    public static void Touch() => File.WriteAllText(FilePath, "");

    /// <returns>0 when the worker gave a sign lately, 1 when it did not.</returns>
    public static int Check() => DateTime.UtcNow - File.GetLastWriteTimeUtc(FilePath) < _silence ? 0 : 1;
}
