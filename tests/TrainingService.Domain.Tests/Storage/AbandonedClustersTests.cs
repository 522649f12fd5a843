using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Storage;

public sealed class AbandonedClustersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("training-abandoned-").FullName;

    public AbandonedClustersTests()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101); // as /tmp: the server's user passes through
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_cluster_of_a_killed_test_process_goes_and_one_of_a_living_process_stays()
    {
        using var killed = Process.Start("true");
        await killed.WaitForExitAsync(Ct);
        var abandoned = Path.Combine(_root, $"training-tests-{killed.Id}-a1b2c3");
        var living = Directory.CreateDirectory(Path.Combine(_root, $"training-tests-{Environment.ProcessId}-a1b2c3")).FullName;
        await using var server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = abandoned, Durable = false }, NullLogger.Instance, Ct);
        File.Delete(Path.Combine(abandoned, "owner.lock")); // its lock went with the process
        var serverId = File.ReadLines(Path.Combine(abandoned, "cluster", "postmaster.pid")).First();

        await AbandonedClusters.RemoveAsync(_root, Ct);

        Assert.False(Directory.Exists(abandoned));
        Assert.DoesNotContain(abandoned, CommandLine(serverId), StringComparison.Ordinal);
        Assert.True(Directory.Exists(living));
    }

    private static string CommandLine(string process)
    {
        var file = $"/proc/{process}/cmdline";
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
