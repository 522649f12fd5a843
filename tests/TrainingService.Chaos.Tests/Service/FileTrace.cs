using System.Text.RegularExpressions;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>A step of a program that matters to what a power cut leaves.</summary>
internal abstract record FileStep
{
    public sealed record Write(string Path) : FileStep;

    public sealed record SyncFile(string Path) : FileStep;

    public sealed record SyncFolder(string Path) : FileStep;

    public sealed record Rename(string From, string To) : FileStep;

    /// <summary>A write or a sync was made to fail.</summary>
    public sealed record Refused(string Path) : FileStep;

    /// <summary>The database is told of a file.</summary>
    public sealed record Row(string Sha256) : FileStep;
}

/// <summary>Reads the steps from strace's lines, in their order. A call that another one interrupted counts where it ended, a message where it began.</summary>
internal static partial class FileTrace
{
    /// <summary>What to watch.</summary>
    public const string Expression = "trace=write,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";

    public static IReadOnlyList<FileStep> Read(IReadOnlyList<string> lines, string root)
    {
        var steps = new List<FileStep>();
        var unfinished = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var pid = line.Split(' ', 2)[0];
            var text = line;
            if (Resumed().Match(line) is { Success: true } resumed && unfinished.Remove(pid, out var begun))
                text = begun + resumed.Groups["rest"].Value;
            else if (line.Contains("<unfinished ...>", StringComparison.Ordinal))
            {
                var start = line.Replace("<unfinished ...>", "", StringComparison.Ordinal);
                // The server may have acted on a message before the call that sent it came back.
                if (IsRow(start))
                    steps.AddRange(Rows(start));
                else
                    unfinished[pid] = start;
                continue;
            }
            steps.AddRange(Steps(text, root));
        }
        return steps;
    }

    private static IEnumerable<FileStep> Steps(string line, string root)
    {
        if (IsRow(line))
            return Rows(line);
        if (Refused().Match(line) is { Success: true } refused && refused.Groups["path"].Value.StartsWith(root, StringComparison.Ordinal))
            return [new FileStep.Refused(refused.Groups["path"].Value)];
        if (Renamed().Match(line) is { Success: true } renamed && renamed.Groups["to"].Value.StartsWith(root, StringComparison.Ordinal))
            return [new FileStep.Rename(renamed.Groups["from"].Value, renamed.Groups["to"].Value)];
        if (Synced().Match(line) is { Success: true } synced && synced.Groups["path"].Value.StartsWith(root, StringComparison.Ordinal))
            return [Directory.Exists(synced.Groups["path"].Value) ? new FileStep.SyncFolder(synced.Groups["path"].Value) : new FileStep.SyncFile(synced.Groups["path"].Value)];
        return Written().Match(line) is { Success: true } written && written.Groups["path"].Value.StartsWith(root, StringComparison.Ordinal)
            ? [new FileStep.Write(written.Groups["path"].Value)]
            : [];
    }

    private static bool IsRow(string line) =>
        line.Contains("socket:", StringComparison.Ordinal) || line.Contains("TCP:", StringComparison.Ordinal)
        ? line.Contains("INSERT INTO artifacts", StringComparison.Ordinal) || line.Contains("INSERT INTO checkpoints", StringComparison.Ordinal)
        : false;

    private static IEnumerable<FileStep> Rows(string line) => Digest().Matches(line).Select(match => match.Value).Distinct().Select(sha256 => new FileStep.Row(sha256));

    [GeneratedRegex(@"<\.\.\. \w+ resumed>(?<rest>.*)")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"(?:fsync|pwrite64)\(\d+<(?<path>/[^>]+)>.*\(INJECTED\)")]
    private static partial Regex Refused();

    [GeneratedRegex(@"rename\w*\((?:AT_FDCWD[^,]*, )?""(?<from>[^""]+)"", (?:AT_FDCWD[^,]*, )?""(?<to>[^""]+)"".* = 0")]
    private static partial Regex Renamed();

    [GeneratedRegex(@"(?:fsync|fdatasync)\(\d+<(?<path>/[^>]+)>.* = 0")]
    private static partial Regex Synced();

    [GeneratedRegex(@"(?:pwrite64|pwritev|write)\(\d+<(?<path>/[^>]+)>")]
    private static partial Regex Written();

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex Digest();
}
