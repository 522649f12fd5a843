using System.Text;

namespace TrainingService.Worker.Queue;

/// <summary>What a trainer writes to stderr: the whole of it in a file of bounded size, the last of it in memory, line by line to a listener.</summary>
internal sealed class StderrLog(string path, long maxFileBytes, Action<string> onLine)
{
    private const int TailBytes = 64 * 1_024;
    private const int LineBytes = 2_000;

    private readonly byte[] _tail = new byte[TailBytes];
    private readonly List<byte> _line = [];
    private long _total;

    public string Path => path;

    /// <summary>Whether anything came.</summary>
    public bool IsEmpty => _total == 0;

    /// <summary>The last 64 KB, from the first whole line in them. To be read when <see cref="PumpAsync"/> has ended.</summary>
    public string Tail()
    {
        if (_total <= TailBytes)
            return Encoding.UTF8.GetString(_tail, 0, (int)_total).TrimEnd();
        var start = (int)(_total % TailBytes);
        byte[] ordered = [.. _tail.AsSpan(start), .. _tail.AsSpan(0, start)];
        var feed = Array.IndexOf(ordered, (byte)'\n');
        return Encoding.UTF8.GetString(ordered.AsSpan(feed + 1)).TrimEnd();
    }

    /// <summary>Reads until the other end closes. Never waits for its listener, so that a trainer never waits for its own log.</summary>
    public async Task PumpAsync(Stream stderr)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1, useAsync: true);
        var buffer = new byte[8_192];
        for (int read; (read = await stderr.ReadAsync(buffer)) > 0;)
        {
            var kept = (int)Math.Clamp(maxFileBytes - _total, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, kept));
            foreach (var value in buffer.AsSpan(0, read))
                Take(value);
        }
        if (_line.Count > 0)
            EndLine();
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
