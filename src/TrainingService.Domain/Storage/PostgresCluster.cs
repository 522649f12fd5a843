using System.Globalization;
using System.Text;

namespace TrainingService.Domain.Storage;

/// <summary>The files of a private cluster and the programs that start and stop its server.</summary>
internal sealed class PostgresCluster
{
    public const string UserName = "training";

    /// <summary>A socket's path has at most 107 bytes.</summary>
    private const int MaxSocketFolderBytes = 107 - 15;

    /// <summary>Above Linux's largest process id: nobody's.</summary>
    private const string NobodysPid = "4194305";

    private readonly EmbeddedPostgresOptions _options;
    private readonly PostgresUser _user;
    private readonly PostgresPrograms _programs;

    private PostgresCluster(EmbeddedPostgresOptions options, string root, PostgresUser user, PostgresPrograms programs)
    {
        _options = options;
        _user = user;
        _programs = programs;
        Root = root;
    }

    public string Root { get; }

    /// <summary>Folder of the server's socket; null until the first start when the root's own path is too long for one.</summary>
    public string? SocketFolder => IsRootFitForSocket ? Root : File.Exists(SocketFile) ? File.ReadAllText(SocketFile) : null;

    public string LogFile => Path.Combine(Root, "server.log");

    private string Data => Path.Combine(Root, "cluster");

    /// <summary>Remembers a socket folder outside the root.</summary>
    private string SocketFile => Path.Combine(Root, "socket-folder");

    private bool IsRootFitForSocket => Encoding.UTF8.GetByteCount(Root) <= MaxSocketFolderBytes && !Root.AsSpan().ContainsAny(",\"@;");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    public static async Task<PostgresCluster> OpenAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataDirectory));
        RefuseForeignFolder(root);
        var user = await PostgresUser.ForAsync(root, ct);
        await user.PrepareFolderAsync(root, ct);
        var version = Path.Combine(root, "cluster", "PG_VERSION");
        int? major = File.Exists(version) ? int.Parse((await File.ReadAllTextAsync(version, ct)).Trim(), CultureInfo.InvariantCulture) : null;
        return new PostgresCluster(options, root, user, PostgresPrograms.Find(options.BinDirectory, major));
    }

    /// <summary>Whether this cluster's server runs, whoever started it.</summary>
    public bool IsRunning => ReadPid() is { } pid && IsOurs(pid);

    /// <summary>Makes the cluster when there is none. A crash on the way leaves nothing that looks like one.</summary>
    public async Task InitializeAsync(CancellationToken ct)
    {
        if (Directory.Exists(Data))
            return;
        var unfinished = Data + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        // Trust is for the socket alone, and its folder is closed to everybody but the server's user and root; TCP is off.
        string[] arguments =
            ["-D", unfinished, "-U", UserName, "--auth-local=trust", "--auth-host=reject", "--no-locale", "--encoding=UTF8", "--data-checksums"];
        await RunAsync("initdb", _options.Durable ? arguments : [.. arguments, "--no-sync"], ct);
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), "\ninclude = 'training.conf'\n", ct);
        Directory.Move(unfinished, Data);
        Posix.SyncDirectory(Root);
    }

    /// <summary>Starts the server and waits until it answers or a minute is over; in a session of its own, so that Ctrl-C does not reach it.</summary>
    /// <returns>False when what an earlier server left is still going away.</returns>
    public async Task<bool> TryStartAsync(CancellationToken ct)
    {
        WriteSettings(IsRootFitForSocket ? Root : await NewSocketFolderAsync(ct));
        DisownForeignPid();
        var logged = File.Exists(LogFile) ? new FileInfo(LogFile).Length : 0;
        var (exitCode, output) = await _user.RunAsAsync(
            _programs.PathOf("pg_ctl"), ["start", "-D", Data, "-l", LogFile, "-w", "-t", "60", "-s"], Root, ct);
        if (exitCode == 0 || IsRunning)
            return true;
        var log = LogSince(logged);
        if (log.Contains("pre-existing shared memory block", StringComparison.Ordinal) || log.Contains("lock file", StringComparison.Ordinal))
            return false;
        throw new InvalidOperationException($"PostgreSQL did not start in {Root}. {output.Trim()}\n{log.Trim()}");
    }

    /// <summary>Stops the server and waits for it. Clients are disconnected, nothing committed is lost.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (IsRunning)
            await RunAsync("pg_ctl", ["stop", "-D", Data, "-m", _options.Durable ? "fast" : "immediate", "-w", "-t", "60", "-s"], ct);
    }

    /// <summary>The folder is going to be closed to everybody else, so it must be ours.</summary>
    private static void RefuseForeignFolder(string root)
    {
        string[] ours = ["cluster", "cluster.new", "owner.lock", "server.log", "socket-folder"];
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName)
                .FirstOrDefault(name => !ours.Contains(name) && !name!.StartsWith(".s.PGSQL.", StringComparison.Ordinal)) is { } foreign)
            throw new InvalidOperationException($"{root}: expected an empty folder or a cluster of this program. Found: {foreign}");
    }

    // A new one at each start: one of an earlier start may have been cleared away and made again by somebody else.
    private async Task<string> NewSocketFolderAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("training-").FullName;
        await _user.PrepareFolderAsync(folder, ct);
        await File.WriteAllTextAsync(SocketFile, folder, ct);
        return folder;
    }

    private void WriteSettings(string socketFolder)
    {
        List<string> settings =
        [
            "listen_addresses = ''", "port = 5432", $"unix_socket_directories = '{socketFolder.Replace("'", "''", StringComparison.Ordinal)}'",
            "unix_socket_permissions = 0700", "max_connections = 200", "log_min_messages = warning", "log_checkpoints = off",
        ];
        if (!_options.Durable)
            settings.AddRange(["fsync = off", "synchronous_commit = off", "full_page_writes = off"]);
        var file = Path.Combine(Data, "training.conf");
        File.WriteAllLines(file, ["# Written at every start.", .. settings]);
        _user.Own(file);
    }

    /// <summary>
    /// After a crash the pid in the file may have gone to another program; the server would take that for itself and refuse to start.
    /// The file stays, since its shared memory key is how the server recognises children of the crashed one.
    /// </summary>
    private void DisownForeignPid()
    {
        if (ReadPid() is not { } pid || IsOurs(pid))
            return;
        var lines = File.ReadAllLines(PidFile);
        lines[0] = NobodysPid;
        File.WriteAllLines(PidFile, lines);
    }

    private int? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a process is a server on this cluster: its command line says so, and everybody may read that.</summary>
    private bool IsOurs(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Contains(Data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It is gone.
        }
    }

    private async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var (exitCode, output) = await _user.RunAsAsync(_programs.PathOf(program), arguments, Root, ct);
        if (exitCode != 0)
            throw new InvalidOperationException($"{program} ended with code {exitCode} in {Root}.\n{output.Trim()}");
    }

    private string LogSince(long position)
    {
        if (!File.Exists(LogFile))
            return "";
        using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = position;
        return new StreamReader(stream).ReadToEnd();
    }
}
