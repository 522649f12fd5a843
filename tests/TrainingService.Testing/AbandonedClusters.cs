using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Domain.Storage;

namespace TrainingService.Testing;

/// <summary>Folders of private clusters, named after the test process; those of a process that was killed are cleared away by the next one.</summary>
public static class AbandonedClusters
{
    private const string Prefix = "training-tests-";

    /// <summary>A new folder for this process's cluster.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;

    /// <summary>Stops the servers of processes that are gone and removes their folders.</summary>
    public static async Task RemoveAsync(string root, CancellationToken ct)
    {
        using var clearing = TryLock(Path.Combine(root, "training-tests.lock"));
        if (clearing is null)
            return;
        foreach (var folder in Directory.EnumerateDirectories(root, $"{Prefix}*").Where(IsAbandoned).ToList())
            await RemoveClusterAsync(folder, ct);
    }

    private static bool IsAbandoned(string folder) =>
        Path.GetFileName(folder)[Prefix.Length..].Split('-') is [var owner, _] && int.TryParse(owner, out var id) && !Directory.Exists($"/proc/{id}");

    private static async Task RemoveClusterAsync(string folder, CancellationToken ct)
    {
        try
        {
            // Its server outlives a killed owner: who attaches to it becomes the owner, and stops it.
            var options = new EmbeddedPostgresOptions { DataDirectory = folder, Durable = false };
            await (await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, ct)).DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or TimeoutException)
        {
            Console.Error.WriteLine($"{folder} is left of a test process that was killed, and could not be removed: {exception.Message}");
        }
    }

    /// <returns>Null when another test process clears up at this moment.</returns>
    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
