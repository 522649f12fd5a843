using System.Diagnostics;
using Npgsql;

namespace TrainingService.Api.Jobs;

/// <summary>
/// Reads who waits in which order. A short line is read for every question, from the index of waiting jobs alone; a long one is read for a
/// tenth of the time at most and shared, so that a burst of submissions does not spend itself on counting.
/// </summary>
internal sealed class QueuePlaces(NpgsqlDataSource database)
{
    /// <summary>Waiting jobs that are read within a millisecond or so.</summary>
    private const int Short = 500;

    private const int RestPerReading = 10;

    private readonly Lock _gate = new();
    private Task<WaitingLine>? _shared;
    private bool _isLong;

    public Task<WaitingLine> ReadAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_isLong)
                return ReadAnewAsync(ct);
            if (_shared is null || (_shared.IsCompleted && !IsGood(_shared)))
                _shared = ReadAnewAsync(CancellationToken.None);
            return _shared.WaitAsync(ct);
        }
    }

    private static bool IsGood(Task<WaitingLine> reading) =>
        reading.IsCompletedSuccessfully && Stopwatch.GetElapsedTime(reading.Result.ReadAt) < reading.Result.Took * RestPerReading;

    private async Task<WaitingLine> ReadAnewAsync(CancellationToken ct)
    {
        var line = await WaitingLine.ReadAsync(database, ct);
        lock (_gate)
            _isLong = line.Count > Short;
        return line;
    }
}
