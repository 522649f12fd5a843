using System.Diagnostics;
using Npgsql;

namespace TrainingService.Api.Jobs;

/// <summary>
/// Reads who waits in which order. A short line is read for every question, from the index of waiting jobs alone; a long one is read for a
/// tenth of the time at most and shared, so that a burst of submissions neither spends itself on counting nor waits for it.
/// </summary>
internal sealed class QueuePlaces(NpgsqlDataSource database)
{
    /// <summary>Waiting jobs that are read within a millisecond or so.</summary>
    private const int Short = 500;

    private const int RestPerReading = 10;

    /// <summary>A long line that was read so lately is told of while it is read again.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<WaitingLine>? _reading;
    private WaitingLine? _latest;

    public Task<WaitingLine> ReadAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_latest is not { Count: > Short } latest)
                return ReadAnewAsync(ct);
            var age = Stopwatch.GetElapsedTime(latest.ReadAt);
            if (age < latest.Took * RestPerReading)
                return Task.FromResult(latest);
            if (_reading is null or { IsCompleted: true })
                _reading = ReadAnewAsync(CancellationToken.None);
            return age < Lately ? Task.FromResult(latest) : _reading.WaitAsync(ct);
        }
    }

    private async Task<WaitingLine> ReadAnewAsync(CancellationToken ct)
    {
        var line = await WaitingLine.ReadAsync(database, ct);
        lock (_gate)
            _latest = line;
        return line;
    }
}
