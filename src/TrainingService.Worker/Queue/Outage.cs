using Microsoft.Extensions.Logging;
using TrainingService.Domain.Storage;

namespace TrainingService.Worker.Queue;

/// <summary>Rides out a database that is away for a while: the same thing again until it answers.</summary>
internal sealed class Outage(TimeProvider time, ILogger<Outage> logger)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Repeats while the database is away; everything else that goes wrong is thrown. The name of what is done is for the log.</summary>
    public async Task<T> RetryAsync<T>(string what, Func<Task<T>> operation, CancellationToken ct)
    {
        var pause = _firstPause;
        while (true)
        {
            try
            {
                return await operation();
            }
            catch (Exception exception) when (exception.IsDatabaseOutage() && !ct.IsCancellationRequested)
            {
                logger.LogWarning("The database is away ({Reason}); will {What} again in {Pause} ms.", exception.Message, what, pause.TotalMilliseconds);
            }
            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, ct);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }
}
