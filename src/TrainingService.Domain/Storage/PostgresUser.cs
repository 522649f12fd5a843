using System.Diagnostics;

namespace TrainingService.Domain.Storage;

/// <summary>
/// Who runs PostgreSQL's programs. The server refuses to be root; then it is the owner of the data, the user <c>postgres</c>, or <c>nobody</c>.
/// </summary>
internal sealed class PostgresUser
{
    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    private readonly Account? _other;

    private PostgresUser(Account? other) => _other = other;

    /// <param name="directory">Owned by the server's user, if it exists.</param>
    public static async Task<PostgresUser> ForAsync(string directory, CancellationToken ct)
    {
        if (!Posix.IsRoot)
            return new PostgresUser(null);
        var owner = Directory.Exists(directory) ? (await RunAsync("stat", ["-c", "%u", directory], "/", ct)).Output.Trim() : "0";
        foreach (var name in owner == "0" ? Unprivileged : [owner])
            if (await AccountAsync(name, ct) is { } account)
                return new PostgresUser(account);
        throw new InvalidOperationException(
            $"PostgreSQL does not run as root, and there is no user {(owner == "0" ? "postgres or nobody" : $"with the id {owner}, who owns {directory}")}.");
    }

    /// <summary>Makes a folder that only the server's user may enter.</summary>
    public async Task PrepareFolderAsync(string path, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("A private PostgreSQL server needs Linux; set ConnectionStrings:Training to a server of yours.");
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (_other is null)
            return;
        Own(path);
        if (await CanEnterAsync(path, ct))
            return;
        var closed = path;
        for (var folder = Path.GetDirectoryName(path); folder is not null && !await CanEnterAsync(folder, ct); folder = Path.GetDirectoryName(folder))
            closed = folder;
        throw new InvalidOperationException(
            $"PostgreSQL does not run as root but as {_other.Name}, who may not enter {closed}. "
            + $"Give a data directory elsewhere, such as /var/lib/training-service, or let that user pass: chmod o+x {closed}");
    }

    /// <summary>Gives a file to the server's user.</summary>
    public void Own(string path)
    {
        if (_other is not null)
            Posix.ChangeOwner(path, _other.User, _other.Group);
    }

    /// <summary>Runs a program as the server's user.</summary>
    public Task<(int ExitCode, string Output)> RunAsAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken ct) =>
        _other is null
            ? RunAsync(program, arguments, folder, ct)
            : RunAsync(
                "setpriv", [$"--reuid={_other.User}", $"--regid={_other.Group}", "--init-groups", "--", program, .. arguments], folder, ct);

    private async Task<bool> CanEnterAsync(string path, CancellationToken ct) => (await RunAsAsync("test", ["-x", path], "/", ct)).ExitCode == 0;

    private static async Task<Account?> AccountAsync(string nameOrId, CancellationToken ct)
    {
        var (exitCode, output) = await RunAsync("getent", ["passwd", nameOrId], "/", ct);
        return exitCode == 0 && output.Split(':') is [var name, _, var user, var group, ..] ? new Account(name, uint.Parse(user), uint.Parse(group)) : null;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // PGDATA, PGPORT and the like are meant for other clusters.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output + await errors);
    }

    private sealed record Account(string Name, uint User, uint Group);
}
