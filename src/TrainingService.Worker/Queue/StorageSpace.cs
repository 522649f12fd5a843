using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrainingService.Worker.Queue;

/// <summary>There was no room for a file of a run for as long as the worker waited.</summary>
internal sealed class StorageFullException(string what, Exception inner)
    : IOException($"There was no room on the disk to {what}. {inner.Message}", inner);

/// <summary>Waits for a full disk to get room again, for a while.</summary>
internal sealed class StorageSpace(IOptions<WorkerOptions> worker, TimeProvider time, ILogger<StorageSpace> logger)
{
    private const int NoSpaceLeft = 28, QuotaExceeded = 122; // ENOSPC, EDQUOT

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>Does it again while there is no room. The name of what is done is for the log and the error.</summary>
    /// <exception cref="StorageFullException">There was none for <see cref="WorkerOptions.StorageFullPatience"/>.</exception>
    public async Task<T> RetryAsync<T>(string what, Func<Task<T>> operation, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await operation();
            }
            catch (IOException exception) when (IsFull(exception))
            {
                if (time.GetElapsedTime(begun) >= worker.Value.StorageFullPatience)
                    throw new StorageFullException(what, exception);
                logger.LogWarning("No room to {What} ({Reason}); trying again in {Pause}.", what, exception.Message, _pause);
            }
            await Task.Delay(_pause, time, ct);
        }
    }

    public static bool IsFull(IOException exception) => exception.HResult is NoSpaceLeft or QuotaExceeded;
}
