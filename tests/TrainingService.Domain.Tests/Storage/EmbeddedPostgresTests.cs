using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Storage;

/// <summary>Real servers from the machine's programs, each in a folder of its own. Run as root they also prove that the server is not.</summary>
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("training-embedded-").FullName;

    public EmbeddedPostgresTests()
    {
        Needs.Postgres();
        // The server's user passes through, as through any folder that holds data directories.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_root, "postgres");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_second_start_on_the_same_data_finds_everything_again()
    {
        await using (var first = await StartAsync(durable: true))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            var server = ServerId();
            Assert.NotEqual("0", UserOf(server));
            Assert.NotEqual(SessionOf(Environment.ProcessId), SessionOf(server)); // Ctrl-C in our terminal does not reach it
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Data));
        }
        Assert.False(File.Exists(PidFile));

        await using var second = await StartAsync(durable: true);
        Assert.Equal(42, await ExecuteAsync(second, "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task Who_comes_later_attaches_and_leaves_the_server_to_its_owner()
    {
        var both = await Task.WhenAll(StartAsync(), StartAsync());
        await using var owner = Assert.Single(both, server => server.IsOwner);
        await using var guest = Assert.Single(both, server => !server.IsOwner);
        var server = ServerId();

        await guest.DisposeAsync();

        Assert.Equal(1, await ExecuteAsync(owner, "SELECT 1"));
        Assert.Equal(server, ServerId());
    }

    [Fact]
    public async Task A_server_whose_owner_died_gets_the_next_one_as_its_owner()
    {
        await using var crashed = await StartAsync();
        File.Delete(Path.Combine(Data, "owner.lock")); // its lock went with the process
        var server = ServerId();

        await using (var next = await StartAsync())
        {
            Assert.True(next.IsOwner);
            Assert.Equal(server, ServerId());
            Assert.Equal(1, await ExecuteAsync(next, "SELECT 1"));
        }

        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task F12_a_server_that_was_killed_starts_again_with_what_was_committed()
    {
        var killed = await StartAsync(durable: true);
        await ExecuteAsync(killed, "CREATE TABLE kept AS SELECT 42 AS answer");
        using (var server = Process.GetProcessById(ServerId()))
            server.Kill();
        await killed.DisposeAsync();
        Assert.True(File.Exists(PidFile)); // stale

        await using var next = await StartAsync(durable: true);

        Assert.Equal(42, await ExecuteAsync(next, "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task F09_a_stale_pid_that_went_to_another_program_harms_neither()
    {
        await (await StartAsync()).DisposeAsync();
        var user = UserOf(Data);
        using var other = user == UserOf($"/proc/{Environment.ProcessId}")
            ? Process.Start("sleep", ["600"])
            : Process.Start("setpriv", [$"--reuid={user}", "--clear-groups", "--", "sleep", "600"]);
        try
        {
            await File.WriteAllLinesAsync(PidFile, [$"{other.Id}", Path.Combine(Data, "cluster"), "1", "5432", Data, "", "5432001 1", "ready"], Ct);

            await using var next = await StartAsync();

            Assert.Equal(1, await ExecuteAsync(next, "SELECT 1"));
            Assert.False(other.HasExited);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task A_data_directory_with_a_long_name_serves_as_well()
    {
        var data = Path.Combine(_root, new string('x', 100), "it's, well; here");

        await using var server = await StartAsync(data: data);

        Assert.Equal(1, await ExecuteAsync(server, "SELECT 1"));
    }

    [Theory]
    [InlineData("$(touch x)")]
    [InlineData("`touch x`")]
    [InlineData("a\"b")]
    public async Task A_name_that_a_shell_would_read_is_refused(string name)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(data: Path.Combine(_root, name)));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "thesis.txt"), "mine", Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync());

        Assert.Contains("thesis.txt", refused.Message, StringComparison.Ordinal);
        Assert.Equal(UserOf(_root), UserOf(Data));
    }

    [Fact]
    public async Task Without_programs_the_error_names_the_package()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(bin: _root));

        Assert.Contains("Debian package postgresql", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_another_version_names_the_package_of_that_version()
    {
        Directory.CreateDirectory(Path.Combine(Data, "cluster"));
        await File.WriteAllTextAsync(Path.Combine(Data, "cluster", "PG_VERSION"), "9\n", Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync());

        Assert.Contains("postgresql-9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_above_that_the_servers_user_may_not_enter_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs the server as somebody else");
        var closed = Path.Combine(_root, "closed");
        Directory.CreateDirectory(closed);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(data: Path.Combine(closed, "below", "postgres")));

        Assert.Contains($"may not enter {closed}.", refused.Message, StringComparison.Ordinal);
    }

    private string PidFile => Path.Combine(Data, "cluster", "postmaster.pid");

    private Task<EmbeddedPostgres> StartAsync(bool durable = false, string? data = null, string? bin = null) => EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { DataDirectory = data ?? Data, Durable = durable, Database = "postgres", BinDirectory = bin },
        NullLogger.Instance, Ct);

    private static async Task<object?> ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private int ServerId() => int.Parse(File.ReadLines(PidFile).First());

    private static string SessionOf(int process) => File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[3];

    private static string UserOf(int process) => UserOf($"/proc/{process}");

    private static string UserOf(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}
