using System.Diagnostics;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>How far reading has come; may be told by several threads, and tells a few times a second.</summary>
/// <param name="totalBytes">Of all files; null where it is not known.</param>
/// <param name="report">Is told.</param>
public sealed class IngestProgress(long? totalBytes = null, Action<IngestProgressMessage>? report = null)
{
    private static readonly long Interval = Stopwatch.Frequency / 4;

    private long _rows, _bytes, _told = Stopwatch.GetTimestamp();

    /// <summary>Rows written so far.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Bytes read so far, of the files as they lie there.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Rows were written.</summary>
    public void AddRows(long rows)
    {
        Interlocked.Add(ref _rows, rows);
        Tell();
    }

    /// <summary>Bytes of the files were read.</summary>
    public void AddBytes(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Tell();
    }

    /// <summary>All is read anew.</summary>
    public void StartOver()
    {
        Interlocked.Exchange(ref _rows, 0);
        Interlocked.Exchange(ref _bytes, 0);
    }

    private void Tell()
    {
        var before = Interlocked.Read(ref _told);
        var now = Stopwatch.GetTimestamp();
        if (report is not null && now - before >= Interval && Interlocked.CompareExchange(ref _told, now, before) == before)
            report(new IngestProgressMessage(Rows, Bytes, totalBytes));
    }
}
