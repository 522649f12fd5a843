using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TrainingService.Worker.Queue;

/// <summary>The sign of life that the <c>healthcheck</c> verb of a container looks for: a file, touched every few seconds, whether or not the database answers.</summary>
internal sealed class Liveness(TimeProvider time, ILogger<Liveness> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(30);

    private bool _hasFailed;

    private static string FilePath => Path.Combine(Path.GetTempPath(), $"trainingservice-worker-{Environment.UserName}.alive");

    /// <returns>0 when the worker gave a sign lately, 1 when it did not.</returns>
    public static int Check() => DateTime.UtcNow - File.GetLastWriteTimeUtc(FilePath) < _silence ? 0 : 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        do
            Touch();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Touch()
    {
        try
        {
            File.WriteAllText(FilePath, "");
            _hasFailed = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
                logger.LogWarning(exception, "The worker runs, but its health check will not see it.");
            _hasFailed = true;
        }
    }
}
