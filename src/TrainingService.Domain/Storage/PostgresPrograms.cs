using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TrainingService.Domain.Storage;

/// <summary>PostgreSQL's programs on this machine.</summary>
internal sealed partial class PostgresPrograms
{
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    private PostgresPrograms(string directory, int major) => (Directory, Major) = (directory, major);

    public string Directory { get; }

    public int Major { get; }

    /// <param name="directory">Where they are; null searches.</param>
    /// <param name="major">The version that wrote the data; null takes the newest.</param>
    public static PostgresPrograms Find(string? directory, int? major)
    {
        var candidates = directory is not null ? [directory] : Candidates();
        var found = candidates.Where(IsComplete).Select(folder => new PostgresPrograms(folder, MajorOf(folder))).ToList();
        var fitting = found.Where(programs => major is null || programs.Major == major).MaxBy(programs => programs.Major);
        return fitting ?? throw new InvalidOperationException(
            major is not null && found.Count > 0
                ? $"The data was written by PostgreSQL {major}; installed is {string.Join(", ", found.Select(p => p.Major).Distinct())}. "
                  + $"Install the Debian package postgresql-{major}."
                : $"PostgreSQL's programs (initdb, pg_ctl, postgres) were not found{(directory is null ? "" : $" in {directory}")}. "
                  + "Install the Debian package postgresql, or set ConnectionStrings:Training to a server of yours.");
    }

    public string PathOf(string program) => Path.Combine(Directory, program);

    // Distributions keep the real programs here; what is on PATH may be a wrapper that serves one cluster of its own.
    private static IEnumerable<string> Candidates() =>
        [
            .. Folders("/usr/lib/postgresql", "bin"), .. Folders("/usr", "bin", "pgsql-*"), "/usr/local/pgsql/bin",
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ];

    private static IEnumerable<string> Folders(string root, string below, string pattern = "*") =>
        System.IO.Directory.Exists(root) ? System.IO.Directory.GetDirectories(root, pattern).Select(folder => Path.Combine(folder, below)) : [];

    private static bool IsComplete(string folder) => Needed.All(program => IsThere(new FileInfo(Path.Combine(folder, program))));

    /// <summary>A link whose program was removed is left over in some folders of PATH.</summary>
    private static bool IsThere(FileInfo program) => program.Exists && program.ResolveLinkTarget(returnFinalTarget: true) is not { Exists: false };

    private static int MajorOf(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "postgres"), "--version") { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Version().Match(text) is { Success: true } match
            ? int.Parse(match.Groups["major"].ValueSpan)
            : throw new InvalidOperationException($"{folder}/postgres --version: expected a version. Received: {text}");
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex Version();
}
