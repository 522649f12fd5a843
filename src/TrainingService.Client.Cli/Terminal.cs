namespace TrainingService.Client.Cli;

/// <summary>Lines, and on a terminal one live line below them that is written again and again; in a pipe or file no control characters.</summary>
internal sealed class Terminal(TextWriter output, bool isLive, Func<int> width)
{
    private bool _hasLiveLine;

    /// <summary>The process's standard output.</summary>
    public static Terminal Standard() => new(Console.Out, IsTerminal(), () => Console.WindowWidth);

    /// <summary>Whether a live line can be shown.</summary>
    public bool IsLive => isLive;

    public void WriteLine(string line = "")
    {
        ClearLive();
        output.WriteLine(line);
        output.Flush();
    }

    /// <summary>Replaces the live line; says nothing where there is none.</summary>
    public void Live(string line)
    {
        if (!isLive)
            return;
        var columns = Math.Max(20, width() - 1);
        output.Write($"\r{(line.Length <= columns ? line : line[..columns])}\e[K");
        output.Flush();
        _hasLiveLine = true;
    }

    public void ClearLive()
    {
        if (!_hasLiveLine)
            return;
        output.Write("\r\e[K");
        _hasLiveLine = false;
    }

    public string Bold(string text) => isLive ? $"\e[1m{text}\e[0m" : text;

    public string Good(string text) => isLive ? $"\e[32m{text}\e[0m" : text;

    public string Bad(string text) => isLive ? $"\e[31m{text}\e[0m" : text;

    public string Faint(string text) => isLive ? $"\e[2m{text}\e[0m" : text;

    private static bool IsTerminal() => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
