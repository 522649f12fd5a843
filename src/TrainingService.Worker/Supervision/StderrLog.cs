using System.Text;
using TrainingService.Worker.Queue;

namespace TrainingService.Worker.Supervision;

/// <summary>
/// What a process writes to stderr: in a file of bounded size, whose end is the log's end also when the middle is left out; the last of it
/// in memory; line by line to a listener.
/// </summary>
internal sealed class StderrLog(string path, long maxFileBytes, Action<string> onLine)
{
    private const int TailBytes = 64 * 1_024;
    private const int LineBytes = 2_000;

    private readonly byte[] _tail = new byte[TailBytes];
    private readonly List<byte> _line = [];
    private long _total;
    private long _kept;
    private bool _noRoom;

    public string Path => path;

    /// <summary>Whether anything came.</summary>
    public bool IsEmpty => _total == 0;

    /// <summary>The last 64 KB, from the first whole line in them where lines are of the usual length. To be read when <see cref="PumpAsync"/> has ended.</summary>
    public string Tail()
    {
        if (_total <= TailBytes)
            return Encoding.UTF8.GetString(_tail, 0, (int)_total).TrimEnd();
        var start = (int)(_total % TailBytes);
        byte[] ordered = [.. _tail.AsSpan(start), .. _tail.AsSpan(0, start)];
        var feed = Array.IndexOf(ordered, (byte)'\n', 0, LineBytes); // the rest of a line that is not too long
        return Encoding.UTF8.GetString(ordered.AsSpan(feed + 1)).TrimEnd();
    }

    /// <summary>Reads until the other end closes. Waits neither for its listener nor for a full disk, so that a process never waits for its own log.</summary>
    public async Task PumpAsync(Stream stderr)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1, useAsync: true);
        var buffer = new byte[8_192];
        for (int read; (read = await stderr.ReadAsync(buffer)) > 0;)
        {
            await KeepAsync(file, buffer.AsMemory(0, (int)Math.Clamp(maxFileBytes - _total, 0, read)));
            foreach (var value in buffer.AsSpan(0, read))
                Take(value);
        }
        if (_line.Count > 0)
            EndLine();
        if (_kept < _total)
            await KeepAsync(file, Encoding.UTF8.GetBytes($"\n[… {_total - _kept} bytes left out, up to the last {TailBytes / 1_024} KB …]\n{Tail()}\n"));
    }

    private async Task KeepAsync(FileStream file, ReadOnlyMemory<byte> bytes)
    {
        if (_noRoom)
            return;
        try
        {
            await file.WriteAsync(bytes);
            _kept += bytes.Length;
        }
        catch (IOException exception) when (StorageSpace.IsFull(exception))
        {
            _noRoom = true; // the end of the log is in memory all the same
        }
    }

    private void Take(byte value)
    {
        _tail[_total++ % TailBytes] = value;
        if (value == '\n')
            EndLine();
        else if (_line.Count < LineBytes)
            _line.Add(value);
    }

    private void EndLine()
    {
        var line = Encoding.UTF8.GetString([.. _line]).TrimEnd();
        _line.Clear();
        if (line.Length > 0)
            onLine(line);
    }
}
